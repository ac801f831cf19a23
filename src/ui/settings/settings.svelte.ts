// The user's settings for answers: a sampling preset or the user's own values, the maximum length, and the number of
// tokens per picture. They are stored from visit to visit.

import type { AnswerOptions } from '../../contract/answer.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import { BUILT_IN } from '../models/entries.ts';
import type { Remembered } from '../kit/remembered.ts';
import { GREEDY, knobsOf, ONCE_TEXT, PRESETS, samplingOf, type Knobs, type Preset } from './presets.ts';

/** The largest number of tokens per picture. 'full': as many as the model takes. */
export const DETAILS = { quick: 256, normal: 1024, fine: 4096, full: null } as const;
export type Detail = keyof typeof DETAILS;

export const LIMITS = {
  temperature: { min: 0, max: 2, step: 0.05 },
  topP: { min: 0.05, max: 1, step: 0.05 },
  topK: { min: 0, max: 200, step: 1 },
  presencePenalty: { min: 0, max: 2, step: 0.1 },
  seed: { min: 0, max: 2 ** 32 - 1, step: 1 },
  maxTokens: { min: 1, max: 32768, step: 1 },
} as const;

interface Chosen {
  /** If null, the model's default preset. */
  preset: Preset | null;
  own: Knobs;
  /** If null, each answer gets a new seed. */
  seed: number | null;
  maxTokens: number;
  detail: Detail;
}

const DEFAULTS: Chosen = { preset: null, own: GREEDY, seed: null, maxTokens: 4096, detail: 'normal' };

export class Settings {
  readonly #remembered: Remembered;
  #chosen = $state.raw<Chosen>(DEFAULTS);

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
    this.#chosen = parse(remembered.get('settings'));
  }

  get seed(): number | null {
    return this.#chosen.seed;
  }

  get maxTokens(): number {
    return this.#chosen.maxTokens;
  }

  get detail(): Detail {
    return this.#chosen.detail;
  }

  get isDefault(): boolean {
    return this.#chosen === DEFAULTS;
  }

  /**
   * The preset that applies to a model; `model` is null if none is loaded yet. The built-in model was trained for exact
   * answers only.
   */
  presetFor(model: Pick<LoadedModel, 'id'> | null): Preset {
    return this.#chosen.preset ?? (model === null || model.id === BUILT_IN ? 'exact' : 'chat');
  }

  knobsFor(model: Pick<LoadedModel, 'id' | 'thinks'> | null): Knobs {
    const preset = this.presetFor(model);
    return preset === 'own' ? this.#chosen.own : knobsOf(preset, model?.thinks ?? false);
  }

  options(model: LoadedModel): AnswerOptions {
    const { seed, maxTokens, detail } = this.#chosen;
    const maxPictureTokens = DETAILS[detail];
    return {
      maxTokens,
      sampling: samplingOf(this.knobsFor(model), seed),
      ...(maxPictureTokens === null ? {} : { maxPictureTokens }),
      ...(model.experts === null ? {} : { watchExperts: true }),
    };
  }

  choosePreset(preset: Preset): void {
    this.#set({ preset });
  }

  /** Changes one knob, and copies the others from the preset that applies. The preset becomes 'own'. */
  turn(knob: keyof Knobs, value: number, model: Pick<LoadedModel, 'id' | 'thinks'> | null): void {
    this.#set({ preset: 'own', own: { ...this.knobsFor(model), [knob]: clamp(value, LIMITS[knob]) } });
  }

  chooseSeed(seed: number | null): void {
    this.#set({ seed: seed === null ? null : Math.round(clamp(seed, LIMITS.seed)) });
  }

  chooseMaxTokens(maxTokens: number): void {
    this.#set({ maxTokens: Math.round(clamp(maxTokens, LIMITS.maxTokens)) });
  }

  chooseDetail(detail: Detail): void {
    this.#set({ detail });
  }

  reset(): void {
    this.#chosen = DEFAULTS;
    this.#remembered.set('settings', null);
  }

  #set(change: Partial<Chosen>): void {
    this.#chosen = { ...this.#chosen, ...change };
    this.#remembered.set('settings', JSON.stringify(this.#chosen));
  }
}

function clamp(value: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, value));
}

/** Replaces missing and invalid values by the defaults. */
function parse(text: string | null): Chosen {
  if (text === null) return DEFAULTS;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return DEFAULTS;
  }
  const kept = isObject(json) ? json : {};
  const own = isObject(kept['own']) ? kept['own'] : {};
  const number = (value: unknown, limits: { min: number; max: number }, otherwise: number): number =>
    typeof value === 'number' && Number.isFinite(value) ? clamp(value, limits) : otherwise;
  const { seed } = kept;
  const wasText = kept['preset'] === 'text';
  return {
    preset: wasText ? 'own' : (PRESETS.find((preset) => preset === kept['preset']) ?? null),
    own: wasText
      ? ONCE_TEXT
      : {
          temperature: number(own['temperature'], LIMITS.temperature, GREEDY.temperature),
          topP: number(own['topP'], LIMITS.topP, GREEDY.topP),
          topK: number(own['topK'], LIMITS.topK, GREEDY.topK),
          presencePenalty: number(own['presencePenalty'], LIMITS.presencePenalty, GREEDY.presencePenalty),
        },
    seed: typeof seed === 'number' ? number(seed, LIMITS.seed, 0) : null,
    maxTokens: number(kept['maxTokens'], LIMITS.maxTokens, DEFAULTS.maxTokens),
    detail: detailOf(kept['detail']) ?? DEFAULTS.detail,
  };
}

function detailOf(value: unknown): Detail | undefined {
  return (Object.keys(DETAILS) as Detail[]).find((detail) => detail === value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
