// Sampling presets: the settings that the model's authors publish (github.com/QwenLM/Qwen3-VL, README, "Generation
// hyperparameters"), and greedy decoding, which suits reading text and writing JSON.

import type { Sampling } from '../../contract/conversation.ts';

export const PRESETS = ['exact', 'chat', 'own'] as const;
export type Preset = (typeof PRESETS)[number];

/** A value for every knob. A `topK` or `presencePenalty` of 0 is off, and so is a `topP` of 1. */
export interface Knobs {
  temperature: number;
  topP: number;
  topK: number;
  presencePenalty: number;
}

export const GREEDY: Knobs = { temperature: 0, topP: 1, topK: 0, presencePenalty: 0 };

/** `thinks`: the authors publish other values for models that think. */
export function knobsOf(preset: Exclude<Preset, 'own'>, thinks: boolean): Knobs {
  if (preset === 'exact') return GREEDY;
  return thinks
    ? { temperature: 0.6, topP: 0.95, topK: 20, presencePenalty: 0 }
    : { temperature: 0.7, topP: 0.8, topK: 20, presencePenalty: 1.5 };
}

/**
 * The authors' values for questions without pictures. An earlier version of the app offered them as the preset 'text';
 * users who chose it keep these values.
 */
export const ONCE_TEXT: Knobs = { temperature: 1, topP: 1, topK: 40, presencePenalty: 2 };

/** The knobs in the form that the sampler takes: a knob that is off is left out. */
export function samplingOf(
  { temperature, topP, topK, presencePenalty }: Knobs,
  seed: number | null,
): Sampling {
  return {
    ...(temperature > 0 ? { temperature } : {}),
    ...(topP < 1 ? { topP } : {}),
    ...(topK > 0 ? { topK } : {}),
    ...(presencePenalty > 0 ? { presencePenalty } : {}),
    ...(seed === null ? {} : { seed }),
  };
}
