// Keys and values of the tokens seen so far, per layer. On WebGPU, each layer has one buffer for keys and one for
// values; the graph reads the past from it and appends to it, and the buffer doubles when it is full. On WASM, the
// runtime returns a grown copy at each step. Owns its tensors.

import type { TextConfig } from '../../format/model-config.ts';
import type { Precision } from '../../graph/emitted.ts';
import { pastPort, presentPort, type CacheSide } from '../../graph/ports.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Feeds, Tensor } from '../runtime/tensor.ts';

const FIRST_CAPACITY = 1024;

/** The keys or the values of one layer: the names of the graphs' input and output. */
interface Side {
  past: string;
  present: string;
}

function sideOf(layer: number, side: CacheSide): Side {
  return { past: pastPort(layer, side), present: presentPort(layer, side) };
}

export class KvCache {
  /** The number of tokens in the cache. */
  length = 0;
  #capacity = 0;
  /** The cache's tensors, by the names of the graphs' inputs. */
  readonly #tensors = new Map<string, Tensor>();
  readonly #sides: readonly Side[];
  readonly #runtime: Runtime;
  readonly #text: TextConfig;
  readonly #precision: Precision;

  constructor(runtime: Runtime, text: TextConfig, precision: Precision) {
    this.#runtime = runtime;
    this.#text = text;
    this.#precision = precision;
    this.#sides = Array.from({ length: text.layers }, (_, layer) => [
      sideOf(layer, 'key'),
      sideOf(layer, 'value'),
    ]).flat();
    for (const { past } of this.#sides) this.#tensors.set(past, this.#empty(0));
  }

  /** Reserves memory for `count` more tokens; returns the inputs and outputs of a run that appends them. */
  prepare(count: number): { feeds: Feeds; outputs: Record<string, Tensor | null> } {
    if (this.#runtime.device !== undefined) this.#reserve(this.length + count);
    const feeds: Feeds = {};
    const outputs: Record<string, Tensor | null> = {};
    for (const { past, present } of this.#sides) {
      const tensor = this.#tensors.get(past)!;
      feeds[past] = tensor;
      outputs[present] = this.#runtime.device === undefined ? null : tensor;
    }
    return { feeds, outputs };
  }

  /** Keeps the results of the run that `prepare(count)` prepared. */
  appended(count: number, results: Feeds): void {
    this.length += count;
    if (this.#runtime.device !== undefined) return;
    for (const { past, present } of this.#sides) this.#tensors.set(past, results[present]!);
  }

  /** Removes the tokens from `length` on. */
  truncate(length: number): void {
    if (length >= this.length) return;
    if (this.#runtime.device === undefined) {
      for (const [name, tensor] of this.#tensors) this.#tensors.set(name, this.#shortened(tensor, length));
    }
    this.length = length;
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
    this.length = this.#capacity = 0;
  }

  #empty(tokens: number): Tensor {
    return this.#runtime.zeros(this.#precision, [1, this.#text.kvHeads, tokens, this.#text.headDim]);
  }

  #reserve(tokens: number): void {
    const { device } = this.#runtime;
    if (device === undefined || tokens <= this.#capacity) return;
    const doubled = Math.max(FIRST_CAPACITY, 2 ** Math.ceil(Math.log2(tokens)));
    const capacity = Math.max(tokens, Math.min(doubled, this.#text.contextLength));
    const perToken = this.#text.headDim * (this.#precision === 'f32' ? 4 : 2);
    for (const [name, from] of this.#tensors) {
      const to = this.#empty(capacity);
      const commands = device.createCommandEncoder();
      // Heads are the outer axis, so the tokens of each head move to a new place.
      for (let head = 0; head < this.#text.kvHeads && this.length > 0; head++) {
        commands.copyBufferToBuffer(
          from.gpuBuffer,
          head * this.#capacity * perToken,
          to.gpuBuffer,
          head * capacity * perToken,
          this.length * perToken,
        );
      }
      // Tensors grow one after the other, so that the whole old cache and the whole new one never lie on the
      // device together.
      device.queue.submit([commands.finish()]);
      from.dispose();
      this.#tensors.set(name, to);
    }
    this.#capacity = capacity;
  }

  #shortened(tensor: Tensor, tokens: number): Tensor {
    const { kvHeads, headDim } = this.#text;
    const shorter = this.#empty(tokens);
    const from = tensor.data as Float32Array;
    const to = shorter.data as Float32Array;
    const had = tensor.dims[2]!;
    for (let head = 0; head < kvHeads; head++) {
      const start = head * had * headDim;
      to.set(from.subarray(start, start + tokens * headDim), head * tokens * headDim);
    }
    return shorter;
  }
}
