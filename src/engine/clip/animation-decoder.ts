// The browser's ImageDecoder, with frames that can be requested more than once. Firefox 153 returns the same VideoFrame
// each time, and once it is closed, it stays empty; this class then starts a new decoder.

import { within } from './time-limit.ts';

const FRAME_MS = 20_000;

export class AnimationDecoder {
  readonly #begin: () => ImageDecoder;
  #decoder: ImageDecoder;

  constructor(data: ArrayBuffer, type: string) {
    this.#begin = () => new ImageDecoder({ data, type, colorSpaceConversion: 'none', preferAnimation: true });
    this.#decoder = this.#begin();
  }

  /** Resolves when the decoder has scanned the whole file. Fails with 'bad-clip' if the scan never ends. */
  async frameCount(): Promise<number> {
    const { tracks, completed } = this.#decoder;
    await within(FRAME_MS, Promise.all([tracks.ready, completed]));
    return this.#decoder.tracks.selectedTrack?.frameCount ?? 0;
  }

  /** Calls `use` with a frame, which is closed afterwards. */
  async frame<T>(index: number, use: (image: VideoFrame) => T | Promise<T>): Promise<T> {
    const image = await this.#decode(index);
    try {
      return await use(image);
    } finally {
      image.close();
    }
  }

  close(): void {
    this.#decoder.close();
  }

  async #decode(frameIndex: number): Promise<VideoFrame> {
    const { image } = await within(FRAME_MS, this.#decoder.decode({ frameIndex }));
    if (image.displayWidth > 0) return image;
    this.#decoder.close();
    this.#decoder = this.#begin();
    await this.frameCount();
    return (await within(FRAME_MS, this.#decoder.decode({ frameIndex }))).image;
  }
}
