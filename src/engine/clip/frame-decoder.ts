// Wraps a VideoDecoder in async generators: packets go in, the pixels of the requested frames come out in order. Each
// frame is copied and closed when it arrives, because hardware decoders can keep only a few open.

import type { RgbImage } from '../photo/photo.ts';
import { within } from './time-limit.ts';

/** The largest number of packets in the decoder's queue, enough for decoders that start only with a batch. */
const MAX_QUEUED = 16;
const FRAME_MS = 20_000;

export class FrameDecoder {
  readonly #decoder: VideoDecoder;
  readonly #ready: Promise<RgbImage>[] = [];
  #error: Error | undefined;
  #wake = (): void => undefined;

  /**
   * `wanted`: the times of the requested frames in microseconds, ascending. If the decoder leaves a frame out, the next
   * frame takes its place.
   */
  constructor(
    config: VideoDecoderConfig,
    wanted: number[],
    toPixels: (frame: VideoFrame) => Promise<RgbImage>,
  ) {
    const waiting = [...wanted];
    this.#decoder = new VideoDecoder({
      output: (frame) => {
        let times = 0;
        while (waiting[0] !== undefined && frame.timestamp >= waiting[0]) {
          waiting.shift();
          times++;
        }
        if (times === 0) {
          frame.close();
        } else {
          const pixels = toPixels(frame).finally(() => frame.close());
          // The consumer of the pixels gets the failure; without this, it would also count as an unhandled rejection.
          pixels.catch(() => undefined);
          for (let i = 0; i < times; i++) this.#ready.push(pixels);
        }
        this.#wake();
      },
      error: (error) => {
        this.#error ??= error;
        this.#wake();
      },
    });
    this.#decoder.addEventListener('dequeue', () => this.#wake());
    this.#decoder.configure(config);
  }

  /** Decodes a packet, and yields the frames that have arrived in the meantime. */
  async *decode(chunk: EncodedVideoChunk): AsyncGenerator<RgbImage> {
    while (this.#decoder.decodeQueueSize >= MAX_QUEUED) {
      await within(FRAME_MS, new Promise<void>((resolve) => (this.#wake = resolve)));
      yield* this.#take();
    }
    yield* this.#take();
    this.#decoder.decode(chunk);
  }

  /** Yields the remaining frames of all packets so far. The next packet must be a key packet. */
  async *flush(): AsyncGenerator<RgbImage> {
    await within(FRAME_MS, this.#decoder.flush());
    yield* this.#take();
  }

  close(): void {
    if (this.#decoder.state !== 'closed') this.#decoder.close();
  }

  async *#take(): AsyncGenerator<RgbImage> {
    if (this.#error !== undefined) throw this.#error;
    for (let image = this.#ready.shift(); image !== undefined; image = this.#ready.shift()) yield await image;
  }
}
