// For tests: small checkpoints in every layout that the converter reads. Their weights are computed from the
// tensors' names.

import { encodeBF16, encodeF16, F8_E4M3_VALUES } from '../../../src/format/float.ts';
import { writeHeader, type ElementType } from '../../../src/format/safetensors.ts';
import type { Files } from './memory-ports.ts';

export interface SyntheticTensor {
  dtype: ElementType;
  shape: number[];
  data: Uint8Array;
}
export type Tensors = Map<string, SyntheticTensor>;

export const SIZES = {
  hidden: 64,
  layers: 2,
  heads: 2,
  kvHeads: 1,
  headDim: 16,
  inner: 96,
  vocab: 40,
  experts: 4,
  expertInner: 32,
  vision: { width: 16, depth: 2, inner: 40, grid: 3, patch: 2 },
};

/** config.json of the models below. */
export function config(kind: 'dense' | 'moe', overrides: object = {}): Record<string, unknown> {
  const { vision: v } = SIZES;
  const moe = {
    num_experts: SIZES.experts,
    num_experts_per_tok: 2,
    moe_intermediate_size: SIZES.expertInner,
  };
  return {
    model_type: kind === 'moe' ? 'qwen3_vl_moe' : 'qwen3_vl',
    tie_word_embeddings: kind === 'dense',
    text_config: {
      hidden_size: SIZES.hidden,
      num_hidden_layers: SIZES.layers,
      num_attention_heads: SIZES.heads,
      num_key_value_heads: SIZES.kvHeads,
      head_dim: SIZES.headDim,
      intermediate_size: SIZES.inner,
      vocab_size: SIZES.vocab,
      rope_scaling: { rope_type: 'default', mrope_section: [4, 2, 2], mrope_interleaved: true },
      // Layer 0 is dense, layer 1 a mixture.
      ...(kind === 'moe' ? { ...moe, mlp_only_layers: [0], decoder_sparse_step: 1 } : {}),
      ...overrides,
    },
    vision_config: {
      hidden_size: v.width,
      depth: v.depth,
      num_heads: 4,
      intermediate_size: v.inner,
      patch_size: v.patch,
      temporal_patch_size: 2,
      spatial_merge_size: 2,
      num_position_embeddings: v.grid ** 2,
      out_hidden_size: SIZES.hidden,
      deepstack_visual_indexes: [0],
    },
  };
}

/**
 * A weight that both BF16 and F16 can hold exactly: a multiple of 2⁻⁷ in [−1, 1), computed from a tensor's name and an
 * index.
 */
export function weight(name: string, index: number): number {
  let hash = 2166136261 ^ index;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (((hash >>> 13) & 255) - 128) / 128;
}

export function encode(values: Float32Array, dtype: 'F32' | 'F16' | 'BF16'): Uint8Array {
  const array = dtype === 'F32' ? values : dtype === 'F16' ? encodeF16(values) : encodeBF16(values);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export function tensor(
  shape: number[],
  at: (index: number) => number,
  dtype: 'F32' | 'F16' | 'BF16' = 'BF16',
) {
  const count = shape.reduce((product, axis) => product * axis, 1);
  return {
    dtype,
    shape,
    data: encode(
      Float32Array.from({ length: count }, (_, i) => at(i)),
      dtype,
    ),
  };
}

const TEXT = 'model.language_model';
const VISION = 'model.visual';

/** Element (row, column) of an expert's matrix, in whatever layout the matrix is stored. */
const gate = (e: number, row: number, column: number) => weight(`gate ${e} ${row}`, column);
const up = (e: number, row: number, column: number) => weight(`up ${e} ${row}`, column);
const down = (e: number, row: number, column: number) => weight(`down ${e} ${row}`, column);

export type ExpertLayout = 'in-out' | 'out-in' | 'separate';

export function model(
  kind: 'dense' | 'moe',
  dtype: 'F32' | 'F16' | 'BF16' = 'BF16',
  layout: ExpertLayout = 'in-out',
): Tensors {
  const { hidden, headDim, inner, vision: v } = SIZES;
  const tensors: Tensors = new Map();
  const add = (name: string, ...shape: number[]) => {
    tensors.set(
      name,
      tensor(shape, (i) => weight(name, i), dtype),
    );
  };
  add(`${TEXT}.embed_tokens.weight`, SIZES.vocab, hidden);
  for (let layer = 0; layer < SIZES.layers; layer++) {
    const at = `${TEXT}.layers.${layer}`;
    add(`${at}.input_layernorm.weight`, hidden);
    add(`${at}.post_attention_layernorm.weight`, hidden);
    add(`${at}.self_attn.q_proj.weight`, SIZES.heads * headDim, hidden);
    add(`${at}.self_attn.k_proj.weight`, SIZES.kvHeads * headDim, hidden);
    add(`${at}.self_attn.v_proj.weight`, SIZES.kvHeads * headDim, hidden);
    add(`${at}.self_attn.o_proj.weight`, hidden, SIZES.heads * headDim);
    add(`${at}.self_attn.q_norm.weight`, headDim);
    add(`${at}.self_attn.k_norm.weight`, headDim);
    if (kind === 'moe' && layer === 1) {
      add(`${at}.mlp.gate.weight`, SIZES.experts, hidden);
      addExperts(tensors, `${at}.mlp.experts`, dtype, layout);
      continue;
    }
    add(`${at}.mlp.gate_proj.weight`, inner, hidden);
    add(`${at}.mlp.up_proj.weight`, inner, hidden);
    add(`${at}.mlp.down_proj.weight`, hidden, inner);
  }
  add(`${TEXT}.norm.weight`, hidden);
  if (kind === 'moe') add('lm_head.weight', SIZES.vocab, hidden);
  const both = (name: string, ...shape: number[]) => {
    add(`${VISION}.${name}.weight`, ...shape);
    add(`${VISION}.${name}.bias`, shape[0] ?? 0);
  };
  both('patch_embed.proj', v.width, 3, 2, v.patch, v.patch);
  add(`${VISION}.pos_embed.weight`, v.grid ** 2, v.width);
  for (let block = 0; block < v.depth; block++) {
    both(`blocks.${block}.norm1`, v.width);
    both(`blocks.${block}.norm2`, v.width);
    both(`blocks.${block}.attn.qkv`, 3 * v.width, v.width);
    both(`blocks.${block}.attn.proj`, v.width, v.width);
    both(`blocks.${block}.mlp.linear_fc1`, v.inner, v.width);
    both(`blocks.${block}.mlp.linear_fc2`, v.width, v.inner);
  }
  for (const [name, size] of [
    ['merger', v.width],
    ['deepstack_merger_list.0', 4 * v.width],
  ] as const) {
    both(`${name}.norm`, size);
    both(`${name}.linear_fc1`, 4 * v.width, 4 * v.width);
    both(`${name}.linear_fc2`, hidden, 4 * v.width);
  }
  return tensors;
}

function addExperts(tensors: Tensors, at: string, dtype: 'F32' | 'F16' | 'BF16', layout: ExpertLayout): void {
  const { hidden: h, expertInner: n, experts } = SIZES;
  const gateUp = (e: number, row: number, column: number) =>
    row < n ? gate(e, row, column) : up(e, row - n, column);
  const stack = (rows: number, columns: number, value: (e: number, row: number, column: number) => number) =>
    tensor(
      [experts, rows, columns],
      (i) => value(Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns),
      dtype,
    );
  if (layout === 'in-out') {
    tensors.set(
      `${at}.gate_up_proj`,
      stack(h, 2 * n, (e, row, column) => gateUp(e, column, row)),
    );
    tensors.set(
      `${at}.down_proj`,
      stack(n, h, (e, row, column) => down(e, column, row)),
    );
  } else if (layout === 'out-in') {
    tensors.set(`${at}.gate_up_proj`, stack(2 * n, h, gateUp));
    tensors.set(`${at}.down_proj`, stack(h, n, down));
  } else {
    for (let e = 0; e < experts; e++) {
      const one = (rows: number, columns: number, value: typeof gate) =>
        tensor([rows, columns], (i) => value(e, Math.floor(i / columns), i % columns), dtype);
      tensors.set(`${at}.${e}.gate_proj.weight`, one(n, h, gate));
      tensors.set(`${at}.${e}.up_proj.weight`, one(n, h, up));
      tensors.set(`${at}.${e}.down_proj.weight`, one(h, n, down));
    }
  }
}

/** An expert's gate_up in the package's layout: rows gate 0, up 0, gate 1, up 1, … */
export function packagedGateUp(expert: number): Float32Array {
  const { hidden, expertInner } = SIZES;
  return Float32Array.from({ length: 2 * expertInner * hidden }, (_, i) => {
    const row = Math.floor(i / hidden);
    return (row % 2 === 0 ? gate : up)(expert, row >> 1, i % hidden);
  });
}

/** A matrix in FP8 with its block scales, and the values that the two encode together. */
export function fp8(shape: number[], blockSize: number, seed: string) {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const stack = shape.slice(0, -2).reduce((product, axis) => product * axis, 1);
  const blocks = [Math.ceil(rows / blockSize), Math.ceil(columns / blockSize)] as const;
  const data = new Uint8Array(stack * rows * columns);
  const values = new Float32Array(data.length);
  const scale = (k: number, r: number, c: number) => 2 ** -9 * (1 + ((k + 3 * r + c) % 5));
  for (let i = 0; i < data.length; i++) {
    const k = Math.floor(i / (rows * columns));
    const row = Math.floor(i / columns) % rows;
    data[i] = Math.floor((weight(seed, i) + 1) * 120) & 0xfe;
    if ((data[i]! & 0x7f) === 0x7f) data[i] = 0;
    const factor = scale(k, Math.floor(row / blockSize), Math.floor((i % columns) / blockSize));
    values[i] = F8_E4M3_VALUES[data[i]!]! * factor;
  }
  const scaleShape = [...shape.slice(0, -2), ...blocks];
  const per = blocks[0] * blocks[1];
  const scales = tensor(
    scaleShape,
    (i) => scale(Math.floor(i / per), Math.floor((i % per) / blocks[1]), i % blocks[1]),
    'F32',
  );
  return { stored: { dtype: 'F8_E4M3' as const, shape, data }, scales, values };
}

/** A safetensors file. */
export function safetensorsFile(tensors: Tensors): Uint8Array<ArrayBuffer> {
  const entries = [...tensors].map(([name, { dtype, shape, data }]) => {
    return { name, dtype, shape, bytes: data.byteLength };
  });
  const head = writeHeader(entries);
  const file = new Uint8Array(entries.reduce((sum, entry) => sum + entry.bytes, head.byteLength));
  file.set(head);
  let at = head.byteLength;
  for (const { data } of tensors.values()) {
    file.set(data, at);
    at += data.byteLength;
  }
  return file;
}

/** A checkpoint's files: one safetensors file, or `parts` of them with an index. */
export function checkpointFiles(configJson: object, tensors: Tensors, parts = 1): Files {
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const files: Files = new Map([
    ['config.json', text(configJson)],
    ['tokenizer.json', text({ version: '1.0' })],
    ['tokenizer_config.json', text({})],
    ['preprocessor_config.json', text({})],
    ['chat_template.jinja', new TextEncoder().encode('{{ messages }}\r\n')],
  ]);
  if (parts === 1) return files.set('model.safetensors', safetensorsFile(tensors));
  const names = [...tensors.keys()];
  const map: Record<string, string> = {};
  for (let part = 0; part < parts; part++) {
    const file = `model-${part + 1}-of-${parts}.safetensors`;
    const mine = new Map([...tensors].filter(([name]) => names.indexOf(name) % parts === part));
    for (const name of mine.keys()) map[name] = file;
    files.set(file, safetensorsFile(mine));
  }
  return files.set('model.safetensors.index.json', text({ metadata: {}, weight_map: map }));
}
