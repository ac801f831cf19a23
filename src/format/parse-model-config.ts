// Parses config.json of a Qwen3-VL checkpoint. Accepts the layout of transformers 4.57 (rope_scaling, rope_theta) and
// of 5.x (rope_parameters).

import { count, object, wrong } from './config-fields.ts';
import type { ModelConfig } from './model-config.ts';
import { parseText } from './parse-text-config.ts';
import { parseVision } from './parse-vision-config.ts';

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
