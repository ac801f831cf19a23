// config.json of a Qwen3-VL checkpoint, parsed once into the numbers that graphs and engine need.
// Accepts the layout of transformers 4.57 (rope_scaling, rope_theta) and of 5.x (rope_parameters);
// defaults are those of transformers' configuration classes.

import { fail } from '../failure.ts';

export interface ModelConfig {
  architecture: 'qwen3_vl' | 'qwen3_vl_moe';
  tokens: { image: number; video: number; visionStart: number; visionEnd: number };
  text: TextConfig;
  vision: VisionConfig;
}

export interface TextConfig {
  hiddenSize: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  /** Width of the dense MLP (layers that are not in moe.layers). */
  intermediateSize: number;
  vocabSize: number;
  rmsNormEps: number;
  ropeTheta: number;
  /** If undefined, the rotary frequencies are those of training. */
  yarn?: Yarn;
  /** How many rotary frequencies encode time, height and width; in published models the sum is headDim / 2. */
  mropeSection: [time: number, height: number, width: number];
  /**
   * Whether the config ties the head to the embedding table. A head of its own in the checkpoint or package
   * overrides it.
   */
  tiedHead: boolean;
  contextLength: number;
  moe?: MoeConfig;
}

/** How rotary frequencies are stretched for contexts longer than those of training; see rotary-frequencies.ts. */
export interface Yarn {
  /** The longest wavelengths are multiplied by this. */
  factor: number;
  /** Length of the contexts that the model was trained with, in tokens. */
  originalContext: number;
  /** The factor that cos and sin are multiplied by. */
  attentionFactor: number;
  /** Frequencies that make more turns than this within the original context stay as they are. */
  betaFast: number;
  /**
   * Frequencies that make fewer turns than this are divided by `factor`; those between the bounds are
   * interpolated.
   */
  betaSlow: number;
  /** Whether the bounds of the interpolated range are rounded to whole frequencies. */
  truncate: boolean;
}

export interface MoeConfig {
  experts: number;
  expertsPerToken: number;
  intermediateSize: number;
  /** Which decoder layers are mixtures, ascending. */
  layers: number[];
}

export interface VisionConfig {
  hiddenSize: number;
  depth: number;
  heads: number;
  intermediateSize: number;
  patchSize: number;
  temporalPatchSize: number;
  /** Patches per side of a merge block: one token is mergeSize² patches. */
  mergeSize: number;
  /** Side of the learned position table: sqrt(num_position_embeddings). */
  positionGrid: number;
  /**
   * Entry k of this ascending list is the block whose output feeds DeepStack merger k. The merger's output is
   * added after decoder layer k, if that layer exists.
   */
  deepstackLayers: number[];
  /** Width of the features: the decoder's hidden size. */
  outHiddenSize: number;
}

type Json = Record<string, unknown>;

/** Fails with 'bad-checkpoint', naming the field. */
export function parseModelConfig(json: unknown): ModelConfig {
  const root = object(json, 'config.json');
  const architecture = root['model_type'];
  if (architecture !== 'qwen3_vl' && architecture !== 'qwen3_vl_moe') {
    wrong('model_type', `is ${JSON.stringify(architecture)}, not qwen3_vl or qwen3_vl_moe`);
  }
  const text = parseText(object(root['text_config'], 'text_config'), root, architecture);
  const vision = parseVision(object(root['vision_config'], 'vision_config'));
  if (vision.outHiddenSize !== text.hiddenSize) {
    wrong(
      'vision_config.out_hidden_size',
      `is ${vision.outHiddenSize}, not the text width ${text.hiddenSize}`,
    );
  }
  return {
    architecture,
    tokens: {
      image: count(root, 'image_token_id', 151655),
      video: count(root, 'video_token_id', 151656),
      visionStart: count(root, 'vision_start_token_id', 151652),
      visionEnd: count(root, 'vision_end_token_id', 151653),
    },
    text,
    vision,
  };
}

function parseText(json: Json, root: Json, architecture: ModelConfig['architecture']): TextConfig {
  const at = 'text_config.';
  const isMoe = architecture === 'qwen3_vl_moe';
  const hiddenSize = size(json, 'hidden_size', undefined, at);
  const heads = size(json, 'num_attention_heads', undefined, at);
  const layers = size(json, 'num_hidden_layers', undefined, at);
  const kvHeads = size(json, 'num_key_value_heads', heads, at);
  const headDim = size(json, 'head_dim', isMoe ? Math.floor(hiddenSize / heads) : 128, at);
  // A limit of onnxruntime's grouped-query attention.
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
    // Tying the head is a property of the whole model; older files repeat the field in each part.
    tiedHead: (root['tie_word_embeddings'] ?? json['tie_word_embeddings'] ?? false) === true,
    // Some files give the stretched context length, others only the original length and the factor.
    contextLength: yarn === undefined ? contextLength : Math.max(contextLength, stretched(yarn)),
  };
  if (isMoe) text.moe = parseMoe(json, layers);
  return text;
}

const ROPE = 'text_config.rope_parameters.';

function ropeParameters(json: Json): Json {
  const rope = json['rope_parameters'] ?? json['rope_scaling'] ?? {};
  const parameters = object(rope, 'text_config.rope_parameters');
  const type = parameters['rope_type'] ?? parameters['type'] ?? 'default';
  if (type !== 'default' && type !== 'mrope' && type !== 'yarn') {
    wrong(`${ROPE}rope_type`, `is ${JSON.stringify(type)}, not "default" or "yarn"`);
  }
  if (parameters['mrope_interleaved'] === false) {
    wrong(`${ROPE}mrope_interleaved`, 'is false, which is not Qwen3-VL');
  }
  return parameters;
}

/** Defaults and formulas of transformers 4.57.6, modeling_rope_utils.py, _compute_yarn_parameters. */
function parseYarn(rope: Json, contextLength: number): Yarn {
  const originalContext = size(rope, 'original_max_position_embeddings', contextLength, ROPE);
  const factor = positive(rope, 'factor', contextLength / originalContext, ROPE);
  const scale = (mscale: number): number => (factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1);
  const { mscale, mscale_all_dim: ofAll } = rope;
  const isScaled = typeof mscale === 'number' && typeof ofAll === 'number' && mscale !== 0 && ofAll !== 0;
  const yarn: Yarn = {
    factor,
    originalContext,
    attentionFactor: positive(
      rope,
      'attention_factor',
      isScaled ? scale(mscale) / scale(ofAll) : scale(1),
      ROPE,
    ),
    betaFast: positive(rope, 'beta_fast', 32, ROPE),
    betaSlow: positive(rope, 'beta_slow', 1, ROPE),
    truncate: rope['truncate'] !== false,
  };
  if (yarn.betaFast < yarn.betaSlow) wrong(`${ROPE}beta_fast`, `is below beta_slow, ${yarn.betaSlow}`);
  return yarn;
}

function stretched({ factor, originalContext }: Yarn): number {
  return Math.floor(factor * originalContext);
}

/** The file's own sections must sum to half a head; without any, the reference's [24, 20, 20] apply unchecked. */
function mropeSection(rope: Json, headDim: number): [number, number, number] {
  const name = `${ROPE}mrope_section`;
  const section = numbers(rope['mrope_section'] ?? [24, 20, 20], name);
  const [time, height, width] = section;
  if (section.length !== 3 || time === undefined || height === undefined || width === undefined) {
    wrong(name, 'is not three numbers');
  }
  const sum = time + height + width;
  if ((rope['mrope_section'] ?? undefined) !== undefined && sum !== headDim / 2) {
    wrong(name, `sums to ${sum}, not to ${headDim / 2}, half of head_dim`);
  }
  return [time, height, width];
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

function parseVision(json: Json): VisionConfig {
  const at = 'vision_config.';
  const table = size(json, 'num_position_embeddings', 2304, at);
  const positionGrid = Math.round(Math.sqrt(table));
  if (positionGrid ** 2 !== table) wrong(`${at}num_position_embeddings`, `is ${table}, not a square`);
  if (size(json, 'in_channels', 3, at) !== 3) wrong(`${at}in_channels`, 'is not 3');
  const activation = json['hidden_act'] ?? 'gelu_pytorch_tanh';
  if (activation !== 'gelu_pytorch_tanh') {
    wrong(`${at}hidden_act`, `is ${JSON.stringify(activation)}, not "gelu_pytorch_tanh"`);
  }
  const vision: VisionConfig = {
    hiddenSize: size(json, 'hidden_size', 1152, at),
    depth: size(json, 'depth', 27, at),
    heads: size(json, 'num_heads', 16, at),
    intermediateSize: size(json, 'intermediate_size', 4304, at),
    patchSize: size(json, 'patch_size', 16, at),
    temporalPatchSize: size(json, 'temporal_patch_size', 2, at),
    mergeSize: size(json, 'spatial_merge_size', 2, at),
    positionGrid,
    deepstackLayers: deepstackLayers(json),
    outHiddenSize: size(json, 'out_hidden_size', 3584, at),
  };
  if (vision.hiddenSize % vision.heads !== 0 || (vision.hiddenSize / vision.heads) % 4 !== 0) {
    wrong(`${at}hidden_size`, `does not split into ${vision.heads} heads of a multiple of 4`);
  }
  const theta = object(json['rope_parameters'] ?? {}, `${at}rope_parameters`)['rope_theta'] ?? VISION_THETA;
  if (theta !== VISION_THETA) {
    wrong(`${at}rope_parameters.rope_theta`, `is ${JSON.stringify(theta)}, not ${VISION_THETA}`);
  }
  return vision;
}

/** The base of the vision encoder's rotary frequencies. It is a constant; files state it since transformers 5. */
const VISION_THETA = 10000;

/** The taps whose blocks exist, as in the reference: the configs of small models often keep the default list. */
function deepstackLayers(json: Json): number[] {
  const name = 'vision_config.deepstack_visual_indexes';
  const blocks = numbers(json['deepstack_visual_indexes'] ?? [8, 16, 24], name);
  if (blocks.some((block, k) => k > 0 && block <= blocks[k - 1]!)) wrong(name, 'is not ascending');
  const depth = size(json, 'depth', 27, 'vision_config.');
  return blocks.filter((block) => block < depth);
}

function object(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(name, 'is not an object');
  return value as Json;
}

/**
 * Upper limits, far above every published model: a larger value would exhaust the memory before it is found to
 * be wrong.
 */
const MOST: Record<string, number> = {
  hidden_size: 1 << 16,
  out_hidden_size: 1 << 16,
  intermediate_size: 1 << 20,
  moe_intermediate_size: 1 << 20,
  vocab_size: 1 << 22,
  num_hidden_layers: 1024,
  depth: 1024,
  num_attention_heads: 4096,
  num_key_value_heads: 4096,
  num_heads: 4096,
  head_dim: 4096,
  num_experts: 1 << 14,
  num_local_experts: 1 << 14,
  patch_size: 256,
  temporal_patch_size: 16,
  spatial_merge_size: 16,
  num_position_embeddings: 1 << 22,
  max_position_embeddings: 1 << 30,
};

function count(json: Json, key: string, absent: number | undefined, at = ''): number {
  const value = json[key] ?? absent;
  const most = MOST[key] ?? 2 ** 31;
  if (typeof value === 'number' && value > most) wrong(at + key, `is ${value}; at most ${most} is read`);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    wrong(at + key, value === undefined ? 'is missing' : `is ${JSON.stringify(value)}, not a whole number`);
  }
  return value;
}

/** A count that cannot be zero. */
function size(json: Json, key: string, absent: number | undefined, at: string): number {
  const value = count(json, key, absent, at);
  return value > 0 ? value : wrong(at + key, 'is 0');
}

function positive(json: Json, key: string, absent: number, at: string): number {
  const value = json[key] ?? absent;
  if (typeof value !== 'number' || !(value > 0)) wrong(at + key, `is ${JSON.stringify(value)}`);
  return value;
}

function numbers(value: unknown, name: string): number[] {
  if (!Array.isArray(value)) wrong(name, 'is not a list');
  return value.map((each: unknown) => {
    if (typeof each !== 'number' || !Number.isSafeInteger(each) || each < 0)
      wrong(name, 'is not a list of whole numbers');
    return each;
  });
}

function wrong(field: string, why: string): never {
  fail('bad-checkpoint', `config.json: ${field} ${why}.`);
}
