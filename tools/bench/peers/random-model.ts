// Writes GGUF files of random weights with the shapes of a Qwen3-VL: a language model (words and head in Q8_0) and its
// vision encoder. If the types of the other weights are omitted, they are those of Darkroom's balanced preset.

import type { ModelConfig } from '../../../src/format/model-config.ts';
import { writeRandomGguf, type GgufKey, type RandomTensor } from './gguf-file.ts';

/** The ids of the control tokens in the published models. */
const CONTROL: Record<number, string> = {
  151643: '<|endoftext|>',
  151644: '<|im_start|>',
  151645: '<|im_end|>',
  151652: '<|vision_start|>',
  151653: '<|vision_end|>',
  151654: '<|vision_pad|>',
  151655: '<|image_pad|>',
  151656: '<|video_pad|>',
};
const END = 151645;
/** The published chat template, reduced to the parts that one question about a picture needs. */
const TEMPLATE = `{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}{% if part.type == 'text' %}{{ part.text }}{% else %}<|vision_start|><|image_pad|><|vision_end|>{% endif %}{% endfor %}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

export function writeLanguageModel(
  file: string,
  { text, vision }: ModelConfig,
  linear: 'Q4_0' | 'Q8_0' = 'Q4_0',
): void {
  const { hiddenSize: hidden, heads, kvHeads, headDim, intermediateSize, vocabSize, moe } = text;
  const name = moe === undefined ? 'qwen3vl' : 'qwen3vlmoe';
  const u32 = (key: string, value: number): GgufKey => ({ key: `${name}.${key}`, type: 'u32', value });
  const f32 = (key: string, value: number): GgufKey => ({ key: `${name}.${key}`, type: 'f32', value });
  const tokens = Array.from({ length: vocabSize }, (_, id) => CONTROL[id] ?? byteToken(id) ?? `t${id}`);
  const keys: GgufKey[] = [
    { key: 'general.architecture', type: 'string', value: name },
    u32('block_count', text.layers),
    u32('context_length', 32768),
    u32('embedding_length', hidden),
    u32('feed_forward_length', intermediateSize),
    u32('attention.head_count', heads),
    u32('attention.head_count_kv', kvHeads),
    u32('attention.key_length', headDim),
    u32('attention.value_length', headDim),
    f32('attention.layer_norm_rms_epsilon', text.rmsNormEps),
    f32('rope.freq_base', text.ropeTheta),
    { key: `${name}.rope.dimension_sections`, type: 'i32', value: [...text.mropeSection, 0] },
    u32('n_deepstack_layers', vision.deepstackLayers.length),
    ...(moe === undefined
      ? []
      : [
          u32('expert_count', moe.experts),
          u32('expert_used_count', moe.expertsPerToken),
          u32('expert_feed_forward_length', moe.intermediateSize),
        ]),
    { key: 'tokenizer.ggml.model', type: 'string', value: 'gpt2' },
    { key: 'tokenizer.ggml.pre', type: 'string', value: 'qwen2' },
    { key: 'tokenizer.ggml.tokens', type: 'string', value: tokens },
    { key: 'tokenizer.ggml.token_type', type: 'i32', value: tokens.map((_, id) => (id in CONTROL ? 3 : 1)) },
    { key: 'tokenizer.ggml.merges', type: 'string', value: ['Ġ Ġ'] },
    { key: 'tokenizer.ggml.eos_token_id', type: 'u32', value: END },
    { key: 'tokenizer.ggml.padding_token_id', type: 'u32', value: 151643 },
    { key: 'tokenizer.ggml.add_bos_token', type: 'bool', value: false },
    { key: 'tokenizer.chat_template', type: 'string', value: TEMPLATE },
  ];
  const tensors: RandomTensor[] = [
    { name: 'token_embd.weight', shape: [vocabSize, hidden], type: 'Q8_0' },
    { name: 'output_norm.weight', shape: [hidden], type: 'ones' },
  ];
  if (!text.tiedHead) tensors.push({ name: 'output.weight', shape: [vocabSize, hidden], type: 'Q8_0' });
  for (let layer = 0; layer < text.layers; layer++) {
    const add = (part: string, shape: number[], type: RandomTensor['type'] = linear): void => {
      tensors.push({ name: `blk.${layer}.${part}.weight`, shape, type });
    };
    add('attn_norm', [hidden], 'ones');
    add('attn_q', [heads * headDim, hidden]);
    add('attn_k', [kvHeads * headDim, hidden]);
    add('attn_v', [kvHeads * headDim, hidden]);
    add('attn_output', [hidden, heads * headDim]);
    add('attn_q_norm', [headDim], 'ones');
    add('attn_k_norm', [headDim], 'ones');
    add('ffn_norm', [hidden], 'ones');
    if (moe?.layers.includes(layer) === true) {
      const { experts, intermediateSize: inner } = moe;
      add('ffn_gate_inp', [experts, hidden], 'F32');
      add('ffn_gate_exps', [experts, inner, hidden]);
      add('ffn_up_exps', [experts, inner, hidden]);
      add('ffn_down_exps', [experts, hidden, inner]);
    } else {
      add('ffn_gate', [intermediateSize, hidden]);
      add('ffn_up', [intermediateSize, hidden]);
      add('ffn_down', [hidden, intermediateSize]);
    }
  }
  writeRandomGguf(file, keys, tensors);
}

/** Rows that do not fill blocks are stored as F16, as llama.cpp does. */
export function writeVisionEncoder(
  file: string,
  { vision }: ModelConfig,
  linear: 'F16' | 'Q8_0' = 'F16',
): void {
  const { hiddenSize: hidden, intermediateSize, depth, mergeSize, outHiddenSize, deepstackLayers } = vision;
  const merged = hidden * mergeSize ** 2;
  const key = (name: string, type: GgufKey['type'], value: GgufKey['value']): GgufKey => ({
    key: `clip.${name}`,
    type,
    value,
  });
  const keys: GgufKey[] = [
    { key: 'general.architecture', type: 'string', value: 'clip' },
    { key: 'general.type', type: 'string', value: 'mmproj' },
    key('has_vision_encoder', 'bool', true),
    key('projector_type', 'string', 'qwen3vl_merger'),
    key('use_gelu', 'bool', true),
    key('vision.image_size', 'u32', 768),
    key('vision.patch_size', 'u32', 16),
    key('vision.spatial_merge_size', 'u32', mergeSize),
    key('vision.projection_dim', 'u32', outHiddenSize),
    key('vision.block_count', 'u32', depth),
    key('vision.embedding_length', 'u32', hidden),
    key('vision.feed_forward_length', 'u32', intermediateSize),
    key('vision.attention.head_count', 'u32', vision.heads),
    key('vision.attention.layer_norm_epsilon', 'f32', 1e-6),
    key('vision.image_mean', 'f32', [0.5, 0.5, 0.5]),
    key('vision.image_std', 'f32', [0.5, 0.5, 0.5]),
    key(
      'vision.is_deepstack_layers',
      'bool',
      Array.from({ length: depth }, (_, block) => deepstackLayers.includes(block)),
    ),
  ];
  const affine = (name: string, outputs: number, columns: number): RandomTensor[] => [
    { name: `${name}.weight`, shape: [outputs, columns], type: columns % 32 === 0 ? linear : 'F16' },
    { name: `${name}.bias`, shape: [outputs], type: 'zeros' },
  ];
  const norm = (name: string, count: number): RandomTensor[] => [
    { name: `${name}.weight`, shape: [count], type: 'ones' },
    { name: `${name}.bias`, shape: [count], type: 'zeros' },
  ];
  const tensors: RandomTensor[] = [
    { name: 'v.patch_embd.weight', shape: [hidden, 3, 16, 16], type: 'F16' },
    { name: 'v.patch_embd.weight.1', shape: [hidden, 3, 16, 16], type: 'F16' },
    { name: 'v.patch_embd.bias', shape: [hidden], type: 'zeros' },
    { name: 'v.position_embd.weight', shape: [2304, hidden], type: 'F32' },
    ...Array.from({ length: depth }, (_, block) => `v.blk.${block}`).flatMap((name) => [
      ...norm(`${name}.ln1`, hidden),
      ...norm(`${name}.ln2`, hidden),
      ...affine(`${name}.attn_qkv`, 3 * hidden, hidden),
      ...affine(`${name}.attn_out`, hidden, hidden),
      ...affine(`${name}.ffn_up`, intermediateSize, hidden),
      ...affine(`${name}.ffn_down`, hidden, intermediateSize),
    ]),
    ...norm('v.post_ln', hidden),
    ...affine('mm.0', merged, merged),
    ...affine('mm.2', outHiddenSize, merged),
    ...deepstackLayers.flatMap((block) => [
      ...norm(`v.deepstack.${block}.norm`, merged),
      ...affine(`v.deepstack.${block}.fc1`, merged, merged),
      ...affine(`v.deepstack.${block}.fc2`, outHiddenSize, merged),
    ]),
  ];
  writeRandomGguf(file, keys, tensors);
}

/** The token of a byte in GPT-2's alphabet, in which each byte has a visible character. */
function byteToken(id: number): string | undefined {
  if (id > 255) return id === 256 ? 'ĠĠ' : undefined;
  const isVisible = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  if (isVisible(id)) return String.fromCharCode(id);
  const place = Array.from({ length: id }, (_, byte) => byte).filter((byte) => !isVisible(byte)).length;
  return String.fromCharCode(256 + place);
}
