// Parses the vision encoder from vision_config of config.json. Defaults are those of transformers' configuration
// classes.

import { numbers, object, size, wrong, type Json } from './config-fields.ts';
import type { VisionConfig } from './model-config.ts';

export function parseVision(json: Json): VisionConfig {
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

/** The base of the vision encoder's rotary frequencies. It is a constant, which files contain since transformers 5. */
const VISION_THETA = 10000;

/**
 * The taps whose blocks exist. The others are ignored, as in the reference: the configs of small models often keep the
 * default list.
 */
function deepstackLayers(json: Json): number[] {
  const name = 'vision_config.deepstack_visual_indexes';
  const blocks = numbers(json['deepstack_visual_indexes'] ?? [8, 16, 24], name);
  if (blocks.some((block, k) => k > 0 && block <= blocks[k - 1]!)) wrong(name, 'is not ascending');
  const depth = size(json, 'depth', 27, 'vision_config.');
  return blocks.filter((block) => block < depth);
}
