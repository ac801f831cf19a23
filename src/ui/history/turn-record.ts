// Writes and parses the turns of stored, kept and exported conversations. A turn has the ids of its media, which are
// stored separately. No other file parses turns.

import type { AnswerOptions, EndReason, LeftOut } from '../../contract/answer.ts';
import type { Sampling } from '../../contract/conversation.ts';
import type { FailureCode, FailureInfo } from '../../failure.ts';
import type { Field } from '../../format/json-field.ts';
import type { Answerer, Ending, SavedTurn, Waited } from '../conversation/turn.svelte.ts';
import type { SavedItem } from '../media/open-media.ts';
import { parseOptional } from '../media/parse-part.ts';
import { en as failures } from '../kit/failure-strings.ts';

const KNOBS = [
  'temperature',
  'topK',
  'topP',
  'minP',
  'repetitionPenalty',
  'presencePenalty',
  'seed',
] as const satisfies (keyof Sampling)[];

const END_REASONS: readonly EndReason[] = ['eos', 'length', 'context', 'repetition', 'stopped'];

/** The record lists the media as `photos`: the name is older than the clips, and stored records have it. */
export function writeTurn({ media, ...turn }: SavedTurn): object {
  return { ...turn, photos: media.map(({ id }) => id) };
}

/**
 * `media`: the media by id; a turn lists the ids of its own media. `missing` handles an id that is not in `media`.
 */
export function parseTurn(
  field: Field,
  media: ReadonlyMap<string, SavedItem>,
  missing: 'fail' | 'drop' = 'fail',
): SavedTurn {
  const itemOf = (id: Field): SavedItem[] => {
    const item = media.get(id.string());
    if (item === undefined && missing === 'fail') id.fail('names no picture or clip');
    return item === undefined ? [] : [item];
  };
  return {
    id: field.at('id').string(),
    question: field.at('question').string(),
    media: [...new Set(field.at('photos').list(itemOf).flat())],
    answer: field.at('answer').string(),
    thoughtMs: field.optional('thoughtMs')?.number() ?? null,
    waited: parseOptional(field, 'waited', parseWaited),
    answerer: parseOptional(field, 'answerer', parseAnswerer),
    options: parseOptional(field, 'options', parseOptions),
    ending: parseOptional(field, 'ending', parseEnding),
  };
}

function parseWaited(field: Field): Waited {
  return {
    firstWordMs: field.optional('firstWordMs')?.number() ?? null,
    wholeMs: field.at('wholeMs').number(),
  };
}

function parseAnswerer(field: Field): Answerer {
  return {
    id: field.at('id').string(),
    backend: field.at('backend').oneOf(['webgpu', 'wasm']),
    precision: field.at('precision').oneOf(['f32', 'f16']),
    thinks: field.at('thinks').boolean(),
  };
}

function parseOptions(field: Field): AnswerOptions {
  const sampling: Sampling = {};
  const knobs = field.at('sampling');
  for (const knob of KNOBS) {
    const value = knobs.optional(knob)?.number();
    if (value !== undefined) sampling[knob] = value;
  }
  const maxPictureTokens = field.optional('maxPictureTokens')?.integer(1);
  const watchExperts = field.optional('watchExperts')?.boolean();
  return {
    maxTokens: field.at('maxTokens').integer(1),
    sampling,
    ...(maxPictureTokens === undefined ? {} : { maxPictureTokens }),
    ...(watchExperts === undefined ? {} : { watchExperts }),
  };
}

function parseEnding(field: Field): Ending {
  const kind = field.at('kind').oneOf(['answered', 'stopped', 'failed']);
  if (kind === 'failed') return { kind, failure: parseFailure(field.at('failure')) };
  if (kind === 'stopped') return { kind, facts: parseOptional(field, 'facts', parseFacts) };
  return { kind, facts: parseFacts(field.at('facts')) };
}

function parseFailure(field: Field): FailureInfo {
  const code = field.at('code').string();
  const isCode = (text: string): text is FailureCode => Object.hasOwn(failures, text);
  // A newer version of the page may know more codes.
  return { code: isCode(code) ? code : 'bug', message: field.at('message').string() };
}

function parseFacts(field: Field): Extract<Ending, { kind: 'answered' }>['facts'] {
  const timings = field.at('timings');
  const ms = (stage: string): number => timings.at(`${stage}Ms`).number();
  const leftOut = parseOptional(field, 'leftOut', parseLeftOut);
  return {
    ...(leftOut === null ? {} : { leftOut }),
    tokens: field.at('tokens').integer(),
    promptTokens: field.at('promptTokens').integer(),
    cachedTokens: field.at('cachedTokens').integer(),
    reason: field.at('reason').oneOf(END_REASONS),
    timings: {
      decodingMs: ms('decoding'),
      visionMs: ms('vision'),
      prefillMs: ms('prefill'),
      answeringMs: ms('answering'),
    },
  };
}

function parseLeftOut(field: Field): LeftOut {
  return { turns: field.at('turns').integer(), pictures: field.at('pictures').integer() };
}
