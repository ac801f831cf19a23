// How the next token is chosen: the settings that the model's authors publish (github.com/QwenLM/Qwen3-VL,
// README, "Generation hyperparameters"), and greedy, which is what reading and JSON want.

import type { Sampling } from '../../contract/conversation.ts';

export const PRESETS = ['exact', 'chat', 'own'] as const;
export type Preset = (typeof PRESETS)[number];

/** Every knob with a value; 0 turns topK and the penalty off, 1 turns topP off. */
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

/** What the authors publish for questions without pictures. Once a choice of its own; whoever made it keeps it. */
export const ONCE_TEXT: Knobs = { temperature: 1, topP: 1, topK: 40, presencePenalty: 2 };

/** As the sampler takes it: what is off is absent. */
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
