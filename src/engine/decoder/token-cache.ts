// The tokens that the decoder has processed, and the two ways to add more: a whole prompt in chunks, or one token of an
// answer. Owns the identity of each cached token; the decoder owns the key-value cache.

import type { AnswerEvent } from '../../contract/answer.ts';
import { fail } from '../../failure.ts';
import type { TextConfig } from '../../format/model-config.ts';
import { cachedPrefix, type TokenKey } from './cached-prefix.ts';
import { planChunks } from './chunks.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from './decoder.ts';
import type { Prompt, VisualSlot } from '../prompt/prompt.ts';
import type { FeaturePlace } from '../vision/feature-place.ts';
import type { RotaryTables } from '../vision/vision-positions.ts';
import { rotaryTables } from './rotary-tables.ts';

export class TokenCache {
  readonly #decoder: Decoder;
  readonly #text: TextConfig;
  readonly #chunkTokens: number;
  /** The identity of each cached token: its id, or the picture and frame group that it belongs to. */
  readonly #keys: TokenKey[] = [];

  /** Prompts are computed in chunks of at most `chunkTokens` tokens. */
  constructor(decoder: Decoder, text: TextConfig, chunkTokens: number) {
    this.#decoder = decoder;
    this.#text = text;
    this.#chunkTokens = chunkTokens;
  }

  /** The number of tokens at the start of a prompt that need not be computed again. */
  prefixOf(keys: readonly TokenKey[]): number {
    return cachedPrefix(this.#keys, keys);
  }

  /**
   * Extends the cache from the first `cached` tokens of the prompt to the whole prompt. `positions` is (3, n), `keys`
   * (n). The caller has computed the features of all media that reach beyond `cached`.
   */
  async prefill(
    { prompt, positions, placeOf, keys }: Sequence,
    cached: number,
    watch: AppendOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Logits> {
    const length = prompt.inputIds.length;
    this.forgetFrom(cached);
    let logits: Logits | undefined;
    for (const plan of planChunks(cached, length, prompt.slots, placeOf, this.#chunkTokens)) {
      onEvent({ kind: 'stage', stage: 'prefill', done: plan.from, total: length });
      signal.throwIfAborted();
      const { features } = plan;
      const chunk: Chunk = {
        ids: prompt.inputIds.slice(plan.from, plan.to),
        featureRows: plan.featureRows,
        ...(features === undefined ? {} : { features }),
        ...this.#rotary(columns(positions, length, plan.from, plan.to)),
      };
      const options = plan.to === length ? { ...watch, signal } : { signal };
      logits = await this.#append(keys.slice(plan.from, plan.to), chunk, options, onEvent);
    }
    return logits ?? fail('bug', 'A prompt without tokens.');
  }

  /** Appends one token of an answer. */
  step(
    id: number,
    position: number,
    watch: AppendOptions,
    onEvent: (event: AnswerEvent) => void,
  ): Promise<Logits> {
    const chunk: Chunk = {
      ids: Int32Array.of(id),
      featureRows: new Int32Array(1),
      ...this.#rotary(Int32Array.of(position, position, position)),
    };
    return this.#append([id], chunk, watch, onEvent);
  }

  forgetFrom(length: number): void {
    this.#decoder.truncate(length);
    this.#keys.length = Math.min(this.#keys.length, length);
  }

  async #append(
    keys: readonly TokenKey[],
    chunk: Chunk,
    options: AppendOptions,
    onEvent: (event: AnswerEvent) => void,
  ): Promise<Logits> {
    const logits = await this.#decoder.append(chunk, options);
    this.#keys.push(...keys);
    const { paging } = this.#decoder;
    if (paging !== undefined) onEvent({ kind: 'paging', paging });
    return logits;
  }

  #rotary(positions: Int32Array): RotaryTables {
    const { headDim, ropeTheta, mropeSection, yarn } = this.#text;
    return rotaryTables(positions, { headDim, theta: ropeTheta, mropeSection, yarn });
  }
}

/** A prompt with the positions, features and identities of its tokens. */
export interface Sequence {
  prompt: Prompt;
  positions: Int32Array;
  /** Where the features of a slot's first token lie; undefined if the cache holds the slot. */
  placeOf: (slot: VisualSlot) => FeaturePlace | undefined;
  keys: readonly TokenKey[];
}

/** The columns `from` to `to` − 1 of a (3, n) array. */
function columns(positions: Int32Array, n: number, from: number, to: number): Int32Array {
  const result = new Int32Array(3 * (to - from));
  for (let axis = 0; axis < 3; axis++) {
    result.set(positions.subarray(axis * n + from, axis * n + to), axis * (to - from));
  }
  return result;
}
