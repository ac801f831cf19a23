// Translates the names of llama.cpp's tensors for Qwen3-VL to those of the original checkpoint. The three tensors that
// hold all experts of a layer are cut into one tensor per expert and matrix, and fused rows of queries, keys and values
// into three tensors; these are parts of the same bytes. The two halves of the patch embedding become one tensor.

import type { Field } from '../../format/json-field.ts';
import type { GgufTensor } from '../../format/gguf/header.ts';
import type { StoredTensor } from '../checkpoint.ts';

/** A tensor and the file that holds it. */
export interface FiledTensor extends GgufTensor {
  file: string;
}

/** The tensors that one tensor of a GGUF file contains; undefined if it does not belong to a Qwen3-VL model. */
export type Renamed = StoredTensor[] | undefined;

const TEXT = 'model.language_model';
const VISION = 'model.visual';

const TOP: Readonly<Record<string, string>> = {
  'token_embd.weight': `${TEXT}.embed_tokens.weight`,
  'output_norm.weight': `${TEXT}.norm.weight`,
  'output.weight': 'lm_head.weight',
};
const LAYER: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
  ffn_gate_inp: 'mlp.gate',
};
const EXPERTS: Readonly<Record<string, string>> = {
  ffn_gate_exps: 'gate_proj',
  ffn_up_exps: 'up_proj',
  ffn_down_exps: 'down_proj',
};
const VISION_TOP: Readonly<Record<string, string>> = {
  'v.patch_embd': 'patch_embed.proj',
  'v.position_embd': 'pos_embed',
  'v.post_ln': 'merger.norm',
  'mm.0': 'merger.linear_fc1',
  'mm.2': 'merger.linear_fc2',
};
const VISION_BLOCK: Readonly<Record<string, string>> = {
  ln1: 'norm1',
  ln2: 'norm2',
  attn_qkv: 'attn.qkv',
  attn_out: 'attn.proj',
  ffn_up: 'mlp.linear_fc1',
  ffn_down: 'mlp.linear_fc2',
};
const TAP: Readonly<Record<string, string>> = { norm: 'norm', fc1: 'linear_fc1', fc2: 'linear_fc2' };

/**
 * Returns the tensors of the language model that `tensor` contains. `keys`: the file's own keys, which give the widths
 * of fused tensors. `isFused`: whether one tensor holds both the gate rows and the up rows of a layer's experts.
 */
export function renameText(tensor: FiledTensor, keys: Field, isFused: (layer: string) => boolean): Renamed {
  const top = pick(TOP, tensor.name);
  if (top !== undefined) return [{ ...tensor, name: top }];
  const match = /^blk\.(\d+)\.(\w+)\.weight$/.exec(tensor.name);
  const [, layer = '', part = ''] = match ?? [];
  const at = `${TEXT}.layers.${layer}`;
  const plain = pick(LAYER, part);
  if (plain !== undefined) return [{ ...tensor, name: `${at}.${plain}.weight` }];
  if (part === 'attn_qkv') return splitAttention(tensor, at, keys);
  // If one of the matrices is fused, all experts stay in one tensor, outputs × inputs.
  if (part === 'ffn_gate_up_exps') return [{ ...tensor, name: `${at}.mlp.experts.gate_up_proj` }];
  if (part === 'ffn_down_exps' && isFused(layer)) return [{ ...tensor, name: `${at}.mlp.experts.down_proj` }];
  const matrix = pick(EXPERTS, part);
  const [count = 0, rows = 0, columns = 0] = tensor.shape;
  if (matrix === undefined || tensor.shape.length !== 3) return undefined;
  const bytes = (tensor.end - tensor.start) / count;
  return Array.from({ length: count }, (_, expert) => ({
    ...tensor,
    name: `${at}.mlp.experts.${expert}.${matrix}.weight`,
    shape: [rows, columns],
    start: tensor.start + expert * bytes,
    end: tensor.start + (expert + 1) * bytes,
  }));
}

/** Cuts a fused tensor, in which the rows of queries, keys and values follow one another. */
function splitAttention(tensor: FiledTensor, at: string, keys: Field): Renamed {
  const architecture = keys.at('general.architecture').string();
  const number = (name: string): number => keys.at(`${architecture}.attention.${name}`).integer(1);
  const width = number('key_length');
  const [queries, pairs] = [number('head_count') * width, number('head_count_kv') * width];
  const [rows = 0, columns = 0] = tensor.shape;
  if (tensor.shape.length !== 2 || rows !== queries + 2 * pairs) return undefined;
  const rowBytes = (tensor.end - tensor.start) / rows;
  let start = tensor.start;
  return (
    [
      ['q', queries],
      ['k', pairs],
      ['v', pairs],
    ] as const
  ).map(([part, count]) => {
    const name = `${at}.self_attn.${part}_proj.weight`;
    const end = start + count * rowBytes;
    const stored = { ...tensor, name, shape: [count, columns], start, end };
    start = end;
    return stored;
  });
}

const PATCHES = 'v.patch_embd.weight';

/**
 * Returns the tensors of the vision encoder that `tensor` contains. `taps`: the blocks that feed the DeepStack mergers.
 * `second`: the other half of the patch embedding.
 */
export function renameVision(
  tensor: FiledTensor,
  taps: readonly number[],
  second: FiledTensor | undefined,
): Renamed {
  if (tensor.name === `${PATCHES}.1`) return [];
  if (tensor.name === PATCHES) return joinPatches(tensor, second);
  const match = /^(.+)\.(weight|bias)$/.exec(tensor.name);
  const [, stem = '', kind = ''] = match ?? [];
  const named = (name: string): Renamed => [{ ...tensor, name: `${VISION}.${name}.${kind}` }];
  const top = pick(VISION_TOP, stem);
  if (top !== undefined) return named(top);
  const [, block = '', part = ''] = /^v\.blk\.(\d+)\.(\w+)$/.exec(stem) ?? [];
  const inBlock = pick(VISION_BLOCK, part);
  if (inBlock !== undefined) return named(`blocks.${block}.${inBlock}`);
  const [, tapped = '', of = ''] = /^v\.deepstack\.(\d+)\.(\w+)$/.exec(stem) ?? [];
  const [tap, inTap] = [taps.indexOf(Number(tapped)), pick(TAP, of)];
  if (tapped === '' || tap < 0 || inTap === undefined) return undefined;
  return named(`deepstack_merger_list.${tap}.${inTap}`);
}

/**
 * Joins two tensors (width, 3, side, side) to one (width, 3, 2, side, side): for each colour, the earlier frame and
 * then the later one.
 */
function joinPatches(tensor: FiledTensor, second: FiledTensor | undefined): Renamed {
  const [width = 0, colours = 0, height = 0, breadth = 0] = tensor.shape;
  if (second?.shape.join() !== tensor.shape.join() || second.dtype !== tensor.dtype) return undefined;
  const shape = [width, colours, 2, height, breadth];
  const name = `${VISION}.patch_embed.proj.weight`;
  return [{ ...tensor, name, shape, alternate: { tensor: second, run: height * breadth } }];
}

export function secondPatches(tensors: readonly FiledTensor[]): FiledTensor | undefined {
  return tensors.find(({ name }) => name === `${PATCHES}.1`);
}

function pick(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
