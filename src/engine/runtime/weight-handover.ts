// How weights reach a session: streamed while it is made, where the runtime can wait, else brought before.

import { BlobReader, ReusedBuffer } from './blob-reader.ts';
import type { WeightData, WeightSource } from './runtime.ts';
import { StreamedWeight } from './streamed-weight.ts';

/** What is written to the device waits in memory until the device gets to it: not more than this. */
export const AHEAD_BYTES = 64 * 1024 * 1024;

export class WeightHandover {
  readonly #device: GPUDevice | undefined;
  readonly #streams: boolean;
  /** Weights are read one after the other, each through here. */
  readonly #chunk = new ReusedBuffer();
  #ahead = 0;
  /** What went wrong while reading; the runtime itself only tells that something did. */
  #failure: unknown;

  constructor(device: GPUDevice | undefined, streams: boolean) {
    this.#device = device;
    this.#streams = streams;
  }

  /** In the form that the runtime takes. */
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

  /** Fails as reading did, where that is why the session could not be made. */
  async told<T>(session: Promise<T>): Promise<T> {
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

/** Each byte is read once, in order: what was made is let go with its last one. */
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
