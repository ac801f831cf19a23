// Reports which layer a converter is working on, by the tensors that it reads.

import type { CheckpointSource } from '../../convert/checkpoint-source.ts';
import { parseHeader, type HeaderEntry } from '../../format/safetensors.ts';
import { indexAt } from './pieces.ts';

/** Where a header begins in its file, after its length. */
const HEADER_START = 8;
const LAYER = /(?:^|\.)layers\.(\d+)\./;

export class LayerWatch implements CheckpointSource {
  readonly #source: CheckpointSource;
  readonly #headers = new Map<string, HeaderEntry[]>();
  #layers = 0;
  #layer: number | null = null;

  constructor(source: CheckpointSource) {
    this.#source = source;
  }

  /** Number of layers of the decoder; 0 until the headers are read. */
  get layers(): number {
    return this.#layers;
  }

  /** The current layer, counted from 1; null outside of the decoder's layers. */
  get layer(): number | null {
    return this.#layer;
  }

  size(file: string, signal?: AbortSignal): Promise<number | undefined> {
    return this.#source.size(file, signal);
  }

  async read(
    file: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#source.read(file, start, end, signal);
    if (start === HEADER_START && file.endsWith('.safetensors')) await this.#note(file, bytes);
    const header = this.#headers.get(file);
    const tensor = header?.[indexAt(header, start)];
    if (tensor) this.#layer = layerOf(tensor.name);
    return bytes;
  }

  async #note(file: string, header: Uint8Array): Promise<void> {
    const fileBytes = (await this.#source.size(file)) ?? 0;
    const entries = parseHeader(header, fileBytes, file);
    this.#headers.set(file, entries);
    for (const { name } of entries) this.#layers = Math.max(this.#layers, layerOf(name) ?? 0);
  }
}

function layerOf(tensor: string): number | null {
  const match = LAYER.exec(tensor);
  return match ? Number(match[1]) + 1 : null;
}
