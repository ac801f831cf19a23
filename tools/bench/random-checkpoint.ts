// A checkpoint with the published models' shapes, but fewer layers. Its random BF16 weights are generated on each read,
// so the disk stores nothing. Meant for measuring time and memory, not answers.

import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CheckpointSource } from '../../src/convert/checkpoint-source.ts';
import { expertsPrefix, modelTensors } from '../../src/convert/model-tensors.ts';
import { randomGenerator } from '../../src/engine/answer/random.ts';
import { hasCode } from '../../src/node/system-error.ts';
import { toBF16 } from '../../src/format/float.ts';
import type { ModelConfig } from '../../src/format/model-config.ts';
import { parseModelConfig } from '../../src/format/parse-model-config.ts';
import { writeHeader, type NewEntry } from '../../src/format/safetensors.ts';

export type Size = '2B' | '30B-A3B';

/** Tokenizer and templates of a reference fixture, which work with every shape. */
const SIDE_FILES = resolve(import.meta.dirname, '../reference/fixtures/moe-untied');
/** Random values repeat after this many bytes. */
const PERIOD = 1 << 20;

/** The published config.json of a size, reduced to `layers` decoder layers and `blocks` vision blocks. */
export function shapesOf(size: Size, layers: number, blocks = layers): Record<string, unknown> {
  const small = size === '2B';
  const text = small
    ? { hidden_size: 2048, num_attention_heads: 16, num_key_value_heads: 8, intermediate_size: 6144 }
    : {
        hidden_size: 2048,
        num_attention_heads: 32,
        num_key_value_heads: 4,
        intermediate_size: 6144,
        num_experts: 128,
        num_experts_per_tok: 8,
        moe_intermediate_size: 768,
      };
  const vision = small
    ? { hidden_size: 1024, intermediate_size: 4096 }
    : { hidden_size: 1152, intermediate_size: 4304 };
  return {
    model_type: small ? 'qwen3_vl' : 'qwen3_vl_moe',
    tie_word_embeddings: small,
    image_token_id: 1012,
    video_token_id: 1013,
    vision_start_token_id: 1009,
    vision_end_token_id: 1010,
    text_config: {
      ...text,
      num_hidden_layers: layers,
      head_dim: 128,
      vocab_size: 151936,
      rope_theta: 5e6,
      rope_scaling: { rope_type: 'default', mrope_section: [24, 20, 20], mrope_interleaved: true },
      max_position_embeddings: 262144,
    },
    vision_config: {
      ...vision,
      depth: blocks,
      num_heads: 16,
      out_hidden_size: 2048,
      deepstack_visual_indexes: [0, 1, 2].slice(0, blocks),
    },
  };
}

export class RandomCheckpoint implements CheckpointSource {
  readonly #files: Map<string, Uint8Array<ArrayBuffer>>;
  readonly #header: Uint8Array;
  readonly #entries: NewEntry[];
  readonly #bytes: number;
  readonly #random: Uint8Array;

  private constructor(config: Record<string, unknown>, files: Map<string, Uint8Array<ArrayBuffer>>) {
    files.set('config.json', new TextEncoder().encode(JSON.stringify(config)));
    this.#files = files;
    this.#entries = entriesOf(parseModelConfig(config));
    this.#header = writeHeader(this.#entries);
    this.#bytes = this.#entries.reduce((sum, { bytes }) => sum + bytes, this.#header.length);
    this.#random = randomBlock();
  }

  static async open(config: Record<string, unknown>): Promise<RandomCheckpoint> {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    const names = [
      'tokenizer.json',
      'tokenizer_config.json',
      'chat_template.jinja',
      'preprocessor_config.json',
    ];
    for (const name of names) {
      try {
        await stat(join(SIDE_FILES, name));
      } catch (error) {
        if (hasCode(error, 'ENOENT')) continue;
        throw error;
      }
      files.set(name, new Uint8Array(await readFile(join(SIDE_FILES, name))));
    }
    // The fixture's pixel limits are tiny; raise them so that a bench picture keeps its own size.
    files.set(
      'preprocessor_config.json',
      new TextEncoder().encode(
        JSON.stringify({
          size: { shortest_edge: 4096, longest_edge: 16777216 },
          patch_size: 16,
          temporal_patch_size: 2,
          merge_size: 2,
          image_mean: [0.5, 0.5, 0.5],
          image_std: [0.5, 0.5, 0.5],
        }),
      ),
    );
    return new RandomCheckpoint(config, files);
  }

  size(name: string): Promise<number | undefined> {
    return Promise.resolve(name === WEIGHTS ? this.#bytes : this.#files.get(name)?.length);
  }

  read(name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (name !== WEIGHTS) return Promise.resolve(this.#files.get(name)!.slice(start, end));
    const bytes = new Uint8Array(Math.min(end, this.#bytes) - start);
    this.#fillHeader(bytes, start);
    let at = this.#header.length;
    for (const entry of this.#entries) {
      this.#fill(entry, at, bytes, start);
      at += entry.bytes;
    }
    return Promise.resolve(bytes);
  }

  #fillHeader(bytes: Uint8Array, start: number): void {
    if (start < this.#header.length) bytes.set(this.#header.subarray(start, start + bytes.length));
  }

  /**
   * Fills the part of `bytes` that overlaps a tensor. The tensor begins at file offset `at`, `bytes` at file offset
   * `start`.
   */
  #fill({ name, bytes: length }: NewEntry, at: number, bytes: Uint8Array, start: number): void {
    const from = Math.max(at, start);
    const to = Math.min(at + length, start + bytes.length);
    if (from >= to) return;
    const isGain = /norm\d?\.weight$|_norm\.weight$/.test(name);
    if (isGain) {
      for (let i = from; i < to; i++) bytes[i - start] = (i - at) % 2 === 0 ? 0x80 : 0x3f; // 1.0
      return;
    }
    for (let i = from; i < to;) {
      const offset = i % PERIOD;
      const count = Math.min(to - i, PERIOD - offset);
      bytes.set(this.#random.subarray(offset, offset + count), i - start);
      i += count;
    }
  }
}

const WEIGHTS = 'model.safetensors';

function entriesOf(config: ModelConfig): NewEntry[] {
  const entry = (name: string, shape: number[]): NewEntry => ({
    name,
    dtype: 'BF16',
    shape,
    bytes: 2 * shape.reduce((product, each) => product * each, 1),
  });
  const entries = modelTensors(config).map(({ name, shape }) => entry(name, shape));
  const { moe, hiddenSize } = config.text;
  for (const layer of moe?.layers ?? []) {
    const { experts, intermediateSize } = moe!;
    entries.push(entry(`${expertsPrefix(layer)}.gate_up_proj`, [experts, hiddenSize, 2 * intermediateSize]));
    entries.push(entry(`${expertsPrefix(layer)}.down_proj`, [experts, intermediateSize, hiddenSize]));
  }
  return entries;
}

/** BF16 numbers, roughly normal with a standard deviation of 0.02. */
function randomBlock(): Uint8Array {
  const random = randomGenerator(7);
  const words = new Uint16Array(PERIOD / 2);
  for (let i = 0; i < words.length; i++) {
    words[i] = toBF16((random() + random() + random() - 1.5) * 0.04);
  }
  return new Uint8Array(words.buffer);
}
