// Hands weights to a session: streamed while the session is created if the runtime can wait for reads, otherwise read
// before.

import { BlobReader, ReusedBuffer } from './blob-reader.ts';
import type { WeightData, WeightSource } from './tensor.ts';
import { StreamedWeight } from './streamed-weight.ts';

/** Bytes written to the device wait in memory until the device takes them; at most this many may wait. */
export const AHEAD_BYTES = 64 * 1024 * 1024;

export class WeightHandover {
  readonly #device: GPUDevice | undefined;
  readonly #streams: boolean;
  /** The reads of all weights, one after the other, share this buffer. */
  readonly #chunk = new ReusedBuffer();
  #ahead = 0;
  /** The error of a failed read; the runtime reports only that a read failed. */
  #failure: unknown;

  constructor(device: GPUDevice | undefined, streams: boolean) {
    this.#device = device;
    this.#streams = streams;
  }

  /** The weights in the form that the runtime takes. */
  async all(weights: readonly WeightData[]): Promise<{ path: string; data: Blob | Uint8Array }[]> {
    const taken: { path: string; data: Blob | Uint8Array }[] = [];
    for (const { path, data, onRead } of weights) {
      if (this.#streams) {
        taken.push({ path, data: this.#streamed(data, onRead) });
        continue;
      }
      onRead?.(sizeOf(data));
      taken.push({ path, data: 'make' in data ? await data.make() : data });
    }
    return taken;
  }

  /** Awaits the session. If a failed read prevented the session, fails with the error of the read. */
  async session<T>(session: Promise<T>): Promise<T> {
    try {
      return await session;
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  #streamed(data: WeightSource, onRead: ((bytes: number) => void) | undefined): StreamedWeight {
    const read = reader(data, this.#chunk);
    return new StreamedWeight(sizeOf(data), async (start, end) => {
      try {
        await this.#pace(end - start);
        const bytes = await read(start, end);
        onRead?.(bytes.byteLength);
        return bytes;
      } catch (error) {
        this.#failure ??= error;
        throw error;
      }
    });
  }

  async #pace(bytes: number): Promise<void> {
    this.#ahead += bytes;
    if (this.#ahead <= AHEAD_BYTES) return;
    await this.#device?.queue.onSubmittedWorkDone();
    this.#ahead = bytes;
  }
}

function sizeOf(data: WeightSource): number {
  if (data instanceof Blob) return data.size;
  return 'make' in data ? data.bytes : data.byteLength;
}

/** Returns a function that reads each byte once, in order. It drops a weight made by `make` after the last byte. */
function reader(
  data: WeightSource,
  chunk: ReusedBuffer,
): (start: number, end: number) => Promise<Uint8Array> {
  if (data instanceof Blob) {
    let source: BlobReader | undefined;
    return (start, end) => (source ??= new BlobReader(data, chunk)).next(end - start);
  }
  if (!('make' in data)) return (start, end) => Promise.resolve(data.subarray(start, end));
  let made: Uint8Array | undefined;
  return async (start, end) => {
    made ??= await data.make();
    const bytes = made.subarray(start, end);
    if (end === data.bytes) made = undefined;
    return bytes;
  };
}
