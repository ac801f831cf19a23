// The tensors of a Qwen3-VL model with their shapes and kinds: a checkpoint is checked against this list. Names and
// shapes as in transformers modeling_qwen3_vl.py and modeling_qwen3_vl_moe.py. Experts are not in the list;
// expert-weights.ts finds them in their several layouts.

import type { ModelConfig } from '../format/model-config.ts';

/** The purpose of a tensor. The precision plan and the table of losses distinguish tensors by it. */
export type TensorClass =
  | 'embedding'
  | 'tied embedding'
  | 'head'
  | 'attention'
  | 'mlp'
  | 'experts'
  | 'router'
  | 'norm'
  | 'vision linear'
  | 'vision merger'
  | 'patch embedding'
  | 'position table'
  | 'vision bias and norm';

export interface ModelTensor {
  name: string;
  shape: number[];
  class: TensorClass;
}

const TEXT = 'model.language_model';
const VISION = 'model.visual';
export const EMBEDDING = `${TEXT}.embed_tokens.weight`;
export const HEAD = 'lm_head.weight';

/**
 * The tensors in the order in which the package stores them: the decoder from bottom to top, then the vision encoder.
 */
export function modelTensors(config: ModelConfig): ModelTensor[] {
  return [...textTensors(config), ...visionTensors(config)];
}

/** The prefix of the names of a layer's experts. */
export function expertsPrefix(layer: number): string {
  return `${TEXT}.layers.${layer}.mlp.experts`;
}

function textTensors({ text }: ModelConfig): ModelTensor[] {
  const { hiddenSize: hidden, vocabSize, headDim } = text;
  const list: ModelTensor[] = [];
  const add = (name: string, shape: number[], kind: TensorClass) => {
    list.push({ name, shape, class: kind });
  };
  const embedding = text.tiedHead ? 'tied embedding' : 'embedding';
  add(EMBEDDING, [vocabSize, hidden], embedding);
  for (let layer = 0; layer < text.layers; layer++) {
    const at = `${TEXT}.layers.${layer}`;
    const queries = text.heads * headDim;
    const keys = text.kvHeads * headDim;
    add(`${at}.input_layernorm.weight`, [hidden], 'norm');
    add(`${at}.self_attn.q_proj.weight`, [queries, hidden], 'attention');
    add(`${at}.self_attn.k_proj.weight`, [keys, hidden], 'attention');
    add(`${at}.self_attn.v_proj.weight`, [keys, hidden], 'attention');
    add(`${at}.self_attn.q_norm.weight`, [headDim], 'norm');
    add(`${at}.self_attn.k_norm.weight`, [headDim], 'norm');
    add(`${at}.self_attn.o_proj.weight`, [hidden, queries], 'attention');
    add(`${at}.post_attention_layernorm.weight`, [hidden], 'norm');
    if (text.moe?.layers.includes(layer)) {
      add(`${at}.mlp.gate.weight`, [text.moe.experts, hidden], 'router');
    } else {
      add(`${at}.mlp.gate_proj.weight`, [text.intermediateSize, hidden], 'mlp');
      add(`${at}.mlp.up_proj.weight`, [text.intermediateSize, hidden], 'mlp');
      add(`${at}.mlp.down_proj.weight`, [hidden, text.intermediateSize], 'mlp');
    }
  }
  add(`${TEXT}.norm.weight`, [hidden], 'norm');
  if (!text.tiedHead) add(HEAD, [vocabSize, hidden], 'head');
  return list;
}

function visionTensors({ vision }: ModelConfig): ModelTensor[] {
  const { hiddenSize: width, intermediateSize: inner, patchSize: patch } = vision;
  const merged = width * vision.mergeSize ** 2;
  const list: ModelTensor[] = [];
  const linear = (name: string, rows: number, columns: number, kind: TensorClass) => {
    list.push({ name: `${VISION}.${name}.weight`, shape: [rows, columns], class: kind });
    list.push({ name: `${VISION}.${name}.bias`, shape: [rows], class: 'vision bias and norm' });
  };
  const norm = (name: string, size: number) => {
    for (const part of ['weight', 'bias']) {
      list.push({ name: `${VISION}.${name}.${part}`, shape: [size], class: 'vision bias and norm' });
    }
  };
  const merger = (name: string, normSize: number) => {
    norm(`${name}.norm`, normSize);
    linear(`${name}.linear_fc1`, merged, merged, 'vision merger');
    linear(`${name}.linear_fc2`, vision.outHiddenSize, merged, 'vision merger');
  };
  const kernel = [width, 3, vision.temporalPatchSize, patch, patch];
  list.push({ name: `${VISION}.patch_embed.proj.weight`, shape: kernel, class: 'patch embedding' });
  list.push({ name: `${VISION}.patch_embed.proj.bias`, shape: [width], class: 'vision bias and norm' });
  const table = [vision.positionGrid ** 2, width];
  list.push({ name: `${VISION}.pos_embed.weight`, shape: table, class: 'position table' });
  for (let block = 0; block < vision.depth; block++) {
    norm(`blocks.${block}.norm1`, width);
    linear(`blocks.${block}.attn.qkv`, 3 * width, width, 'vision linear');
    linear(`blocks.${block}.attn.proj`, width, width, 'vision linear');
    norm(`blocks.${block}.norm2`, width);
    linear(`blocks.${block}.mlp.linear_fc1`, inner, width, 'vision linear');
    linear(`blocks.${block}.mlp.linear_fc2`, width, inner, 'vision linear');
  }
  // The main merger norms patches before it joins those of a block, the DeepStack mergers afterwards.
  merger('merger', width);
  vision.deepstackLayers.forEach((_, tap) => merger(`deepstack_merger_list.${tap}`, merged));
  return list;
}
