// Parses the text model from text_config of config.json. Defaults are those of transformers' configuration classes.

import { numbers, positive, size, wrong, type Json } from './config-fields.ts';
import type { ModelConfig, MoeConfig, TextConfig } from './model-config.ts';
import { mropeSection, parseYarn, ropeParameters, stretched } from './parse-rope.ts';

export function parseText(json: Json, root: Json, architecture: ModelConfig['architecture']): TextConfig {
  const at = 'text_config.';
  const isMoe = architecture === 'qwen3_vl_moe';
  const hiddenSize = size(json, 'hidden_size', undefined, at);
  const heads = size(json, 'num_attention_heads', undefined, at);
  const layers = size(json, 'num_hidden_layers', undefined, at);
  const kvHeads = size(json, 'num_key_value_heads', heads, at);
  const headDim = size(json, 'head_dim', isMoe ? Math.floor(hiddenSize / heads) : 128, at);
  // onnxruntime's grouped-query attention requires this.
  if (headDim % 8 !== 0) wrong(`${at}head_dim`, `is ${headDim}, not a multiple of 8`);
  if (heads % kvHeads !== 0) wrong(`${at}num_key_value_heads`, `does not divide ${heads} heads`);
  if (json['attention_bias'] === true) wrong(`${at}attention_bias`, 'is true, which Qwen3-VL never uses');
  if (json['hidden_act'] !== undefined && json['hidden_act'] !== 'silu') {
    wrong(`${at}hidden_act`, `is ${JSON.stringify(json['hidden_act'])}, not "silu"`);
  }
  const rope = ropeParameters(json);
  const contextLength = size(json, 'max_position_embeddings', 128000, at);
  const yarn =
    rope['rope_type'] === 'yarn' || rope['type'] === 'yarn' ? parseYarn(rope, contextLength) : undefined;
  const text: TextConfig = {
    hiddenSize,
    layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: size(json, 'intermediate_size', isMoe ? 5632 : 22016, at),
    vocabSize: size(json, 'vocab_size', 151936, at),
    rmsNormEps: positive(json, 'rms_norm_eps', 1e-6, at),
    ropeTheta: positive(rope['rope_theta'] === undefined ? json : rope, 'rope_theta', 500000, at),
    ...(yarn === undefined ? {} : { yarn }),
    mropeSection: mropeSection(rope, headDim),
    // Tying the head concerns the whole model; older files repeat the field in each part.
    tiedHead: (root['tie_word_embeddings'] ?? json['tie_word_embeddings'] ?? false) === true,
    // Some files give the stretched context length, others only the original length and the factor.
    contextLength: yarn === undefined ? contextLength : Math.max(contextLength, stretched(yarn)),
  };
  if (isMoe) text.moe = parseMoe(json, layers);
  return text;
}

function parseMoe(json: Json, layers: number): MoeConfig {
  const at = 'text_config.';
  const experts = size(json, json['num_experts'] === undefined ? 'num_local_experts' : 'num_experts', 60, at);
  const expertsPerToken = size(json, 'num_experts_per_tok', 4, at);
  if (expertsPerToken > experts) wrong(`${at}num_experts_per_tok`, `is more than ${experts} experts`);
  const step = size(json, 'decoder_sparse_step', 1, at);
  const dense = new Set(numbers(json['mlp_only_layers'] ?? [], `${at}mlp_only_layers`));
  const all = Array.from({ length: layers }, (_, layer) => layer);
  return {
    experts,
    expertsPerToken,
    intermediateSize: size(json, 'moe_intermediate_size', 1408, at),
    layers: all.filter((layer) => !dense.has(layer) && (layer + 1) % step === 0),
  };
}
