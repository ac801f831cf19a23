// Makes config.json, generation_config.json and the settings of preprocessing from key-values of GGUF files. Values
// that the files do not give are constants of the model family.

import type { Field } from '../../format/json-field.ts';
import type { StoredTensor } from '../checkpoint.ts';
import { EMBEDDING, HEAD } from '../model-tensors.ts';
import type { FileGroup } from './file-groups.ts';

/** The limits for the pixels of a picture, and of all frames of a clip together, as in the family's checkpoints. */
const PICTURE_PIXELS = { longest_edge: 16777216, shortest_edge: 65536 };
const CLIP_PIXELS = { longest_edge: 25165824, shortest_edge: 4096 };
const TEMPORAL_PATCH = 2;
/** The epsilon of all layer norms of the vision encoder. */
const VISION_EPSILON = 1e-6;

/**
 * Returns a value that was stored as f32 as a decimal number of at most seven digits, which is the number that was
 * meant.
 */
function decimal(field: Field): number {
  return Number(Math.fround(field.number()).toPrecision(7));
}

/** The blocks of the vision encoder that feed the DeepStack mergers, ascending. */
export function deepstackTaps(vision: Field): number[] {
  const flags = vision.at('clip.vision.is_deepstack_layers').list((flag) => flag.boolean());
  return flags.flatMap((isTap, block) => (isTap ? [block] : []));
}

/** Makes config.json. `tensors` are the tensors of both files, under their names in the original checkpoint. */
export function rebuildConfig(
  { language, vision }: { language: FileGroup; vision: FileGroup },
  tensors: ReadonlyMap<string, StoredTensor>,
): Record<string, unknown> {
  const root = language.fields;
  const architecture = root.at('general.architecture').oneOf(['qwen3vl', 'qwen3vlmoe']);
  const isMixture = architecture === 'qwen3vlmoe';
  const vocabulary = root.at('tokenizer.ggml.tokens').list((token) => token.string());
  const rows = tensors.get(EMBEDDING)?.shape[0];
  if (rows !== vocabulary.length) {
    const tokens = root.at('tokenizer.ggml.tokens');
    tokens.fail(`has ${vocabulary.length} tokens; token_embd.weight has ${rows ?? 0} rows`);
  }
  const token = (text: string): number => {
    const id = vocabulary.indexOf(text);
    return id >= 0 ? id : root.at('tokenizer.ggml.tokens').fail(`lacks ${text}`);
  };
  const isTied = !tensors.has(HEAD);
  return {
    architectures: [`Qwen3VL${isMixture ? 'Moe' : ''}ForConditionalGeneration`],
    model_type: isMixture ? 'qwen3_vl_moe' : 'qwen3_vl',
    image_token_id: token('<|image_pad|>'),
    video_token_id: token('<|video_pad|>'),
    vision_start_token_id: token('<|vision_start|>'),
    vision_end_token_id: token('<|vision_end|>'),
    tie_word_embeddings: isTied,
    text_config: {
      ...textConfig(root, architecture),
      ...(isMixture ? mixtureConfig(root, architecture, tensors) : {}),
      vocab_size: vocabulary.length,
      tie_word_embeddings: isTied,
    },
    vision_config: visionConfig(vision.fields, root.at(`${architecture}.n_deepstack_layers`)),
  };
}

function textConfig(root: Field, architecture: string): Record<string, unknown> {
  const at = (key: string): Field => root.at(`${architecture}.${key}`);
  const scaling = root.optional(`${architecture}.rope.scaling.type`);
  if (scaling && scaling.value !== 'none') scaling.fail(`is ${String(scaling.value)}; only none is read`);
  const sections = at('rope.dimension_sections');
  const [time, height, width, rest] = sections.items(4).map((section) => section.integer());
  if (rest !== 0) sections.fail('has a fourth section');
  const headDim = at('attention.key_length').integer(1);
  at('attention.value_length').integer(headDim, headDim);
  return {
    hidden_size: at('embedding_length').integer(1),
    num_hidden_layers: at('block_count').integer(1),
    intermediate_size: at('feed_forward_length').integer(1),
    max_position_embeddings: at('context_length').integer(1),
    num_attention_heads: at('attention.head_count').integer(1),
    num_key_value_heads: at('attention.head_count_kv').integer(1),
    head_dim: headDim,
    hidden_act: 'silu',
    rms_norm_eps: decimal(at('attention.layer_norm_rms_epsilon')),
    rope_theta: decimal(at('rope.freq_base')),
    rope_scaling: {
      rope_type: 'default',
      mrope_interleaved: true,
      mrope_section: [time, height, width],
    },
  };
}

function mixtureConfig(
  root: Field,
  architecture: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): Record<string, unknown> {
  const at = (key: string): Field => root.at(`${architecture}.${key}`);
  const layers = Array.from({ length: at('block_count').integer(1, 1024) }, (_, layer) => layer);
  const isDense = (layer: number): boolean =>
    tensors.has(`model.language_model.layers.${layer}.mlp.gate_proj.weight`);
  return {
    num_experts: at('expert_count').integer(1),
    num_experts_per_tok: at('expert_used_count').integer(1),
    moe_intermediate_size: at('expert_feed_forward_length').integer(1),
    decoder_sparse_step: 1,
    norm_topk_prob: true,
    mlp_only_layers: layers.filter(isDense),
  };
}

function visionConfig(root: Field, tapCount: Field): Record<string, unknown> {
  const at = (key: string): Field => root.at(`clip.vision.${key}`);
  const projector = root.at('clip.projector_type');
  if (projector.value !== 'qwen3vl_merger')
    projector.fail(`is ${String(projector.value)}, not qwen3vl_merger`);
  for (const key of ['clip.has_vision_encoder', 'clip.use_gelu']) {
    if (!root.at(key).boolean()) root.at(key).fail('is false, which is not Qwen3-VL');
  }
  const epsilon = root.optional('clip.vision.attention.layer_norm_epsilon');
  if (epsilon && decimal(epsilon) !== VISION_EPSILON) epsilon.fail(`is not ${VISION_EPSILON}`);
  const depth = at('block_count').integer(1, 1024);
  const taps = deepstackTaps(root);
  at('is_deepstack_layers').items(depth);
  tapCount.integer(taps.length, taps.length);
  const patch = at('patch_size').integer(1);
  const side = at('image_size').integer(1);
  if (side % patch !== 0) at('image_size').fail(`is not a multiple of the patch size, ${patch}`);
  return {
    depth,
    hidden_size: at('embedding_length').integer(1),
    intermediate_size: at('feed_forward_length').integer(1),
    num_heads: at('attention.head_count').integer(1),
    patch_size: patch,
    spatial_merge_size: at('spatial_merge_size').integer(1),
    temporal_patch_size: TEMPORAL_PATCH,
    out_hidden_size: at('projection_dim').integer(1),
    num_position_embeddings: (side / patch) ** 2,
    deepstack_visual_indexes: taps,
    in_channels: 3,
    hidden_act: 'gelu_pytorch_tanh',
  };
}

/** Makes preprocessor_config.json or video_preprocessor_config.json. */
export function rebuildPreprocessor(vision: Field, kind: 'picture' | 'clip'): Record<string, unknown> {
  const at = (key: string): Field => vision.at(`clip.vision.${key}`);
  return {
    size: kind === 'picture' ? PICTURE_PIXELS : CLIP_PIXELS,
    image_mean: at('image_mean').items(3).map(decimal),
    image_std: at('image_std').items(3).map(decimal),
    patch_size: at('patch_size').integer(1),
    merge_size: at('spatial_merge_size').integer(1),
    temporal_patch_size: TEMPORAL_PATCH,
  };
}

const SAMPLING = {
  top_k: 'top_k',
  top_p: 'top_p',
  temp: 'temperature',
  penalty_repeat: 'repetition_penalty',
};

/**
 * Makes generation_config.json: the tokens that end an answer, and the publisher's sampling settings if the file has
 * them.
 */
export function rebuildGeneration(root: Field): Record<string, unknown> {
  const id = (name: string): number | undefined =>
    root.optional(`tokenizer.ggml.${name}_token_id`)?.integer();
  const [end, padding, begin] = [root.at('tokenizer.ggml.eos_token_id').integer(), id('padding'), id('bos')];
  const stops = [end, padding, begin].filter((stop) => stop !== undefined);
  const sampling = Object.entries(SAMPLING).flatMap(([key, name]) => {
    const field = root.optional(`general.sampling.${key}`);
    return field ? [[name, decimal(field)] as const] : [];
  });
  return { eos_token_id: [...new Set(stops)], pad_token_id: padding ?? end, ...Object.fromEntries(sampling) };
}
