// The numbers of a Qwen3-VL model that the graphs and the engine need. parse-model-config.ts reads them from
// config.json.

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
  /** The width of the dense MLP, in the layers that are not in moe.layers. */
  intermediateSize: number;
  vocabSize: number;
  rmsNormEps: number;
  ropeTheta: number;
  /** If undefined, the rotary frequencies stay as in training. */
  yarn?: Yarn;
  /** How many rotary frequencies encode time, height and width; in published models the sum is headDim / 2. */
  mropeSection: [time: number, height: number, width: number];
  /**
   * Whether the config ties the head to the embedding table. If the checkpoint or package holds a separate head, that
   * head is used nevertheless.
   */
  tiedHead: boolean;
  contextLength: number;
  moe?: MoeConfig;
}

/** How rotary frequencies are stretched for contexts longer than those of training; see rotary-frequencies.ts. */
export interface Yarn {
  /** The factor by which the longest wavelengths are multiplied. */
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
  /** The decoder layers that are mixtures, ascending. */
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
