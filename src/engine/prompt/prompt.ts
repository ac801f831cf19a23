// Computes the token ids of the prompt from the rendered template text and the grids of its pictures and clips, and the
// places in them where each picture's features belong (transformers processing_qwen3_vl.py).

import { fail } from '../../failure.ts';
import type { ModelConfig } from '../../format/model-config.ts';
import type { Grid } from '../photo/photo.ts';
import { escapeRegExp } from './escape-reg-exp.ts';
import type { MarkedText, Tokenizer } from './tokenizer.ts';
import { formatTimestamp } from './format-timestamp.ts';

/** A preprocessed picture or clip, in the order of the conversation. */
export type PromptMedia =
  | { kind: 'image'; grid: Grid }
  /** One timestamp in seconds per temporal group of the grid. */
  | { kind: 'video'; grid: Grid; timestamps: readonly number[] };

/** A run of placeholder tokens that the features of one picture, or one group of frames, replace. */
export interface VisualSlot {
  /** Index of the picture or clip in the `media` argument of `buildPrompt`. */
  media: number;
  kind: PromptMedia['kind'];
  /** Temporal group within the clip; 0 for a picture. */
  group: number;
  /** First token of the run; it has height · width tokens. */
  start: number;
  /** Size of the run, in merged tokens. */
  height: number;
  width: number;
}

export interface Prompt {
  inputIds: Int32Array;
  /** Sorted by `start`. */
  slots: VisualSlot[];
}

export interface PromptOptions {
  tokenizer: Pick<Tokenizer, 'encode' | 'token'>;
  tokens: ModelConfig['tokens'];
  mergeSize: number;
}

/** Fails with 'bad-request' if the number of placeholders in the text differs from that of the media. */
export function buildPrompt(
  rendered: string | MarkedText,
  media: readonly PromptMedia[],
  options: PromptOptions,
): Prompt {
  const { tokenizer, tokens, mergeSize } = options;
  const ids = tokenizer.encode(
    typeof rendered === 'string'
      ? expandClips(rendered, media, options)
      : { ...rendered, text: expandClips(rendered.text, media, options) },
  );
  const runs = visualRuns(media, mergeSize);
  const slots: VisualSlot[] = [];
  const used = { image: 0, video: 0 };
  let length = 0;
  for (const id of ids) {
    const kind = id === tokens.image ? 'image' : id === tokens.video ? 'video' : undefined;
    if (kind === undefined) {
      length++;
      continue;
    }
    const run = runs[kind][used[kind]++];
    if (run === undefined) fail('bad-request', `The text names more ${kind}s than there are.`);
    slots.push({ ...run, start: length });
    length += run.height * run.width;
  }
  if (slots.length < runs.image.length + runs.video.length) {
    fail('bad-request', 'The chat template left out a picture or a clip.');
  }
  const inputIds = new Int32Array(length);
  let at = 0;
  let slot = 0;
  for (const id of ids) {
    const run = id === tokens.image || id === tokens.video ? slots[slot++] : undefined;
    const end = at + (run === undefined ? 1 : run.height * run.width);
    inputIds.fill(id, at, end);
    at = end;
  }
  return { inputIds, slots };
}

/**
 * The largest number of tokens that an answer may have. Fails with 'prompt-too-long', with
 * 'question-too-long' if the text alone is too long, or with 'bad-checkpoint' for a token without a row in
 * the embedding.
 */
export function answerLimit(
  { inputIds, slots }: Prompt,
  { vocabSize, contextLength }: Pick<ModelConfig['text'], 'vocabSize' | 'contextLength'>,
): number {
  const beyond = inputIds.find((id) => id >= vocabSize);
  if (beyond !== undefined) {
    fail(
      'bad-checkpoint',
      `The tokenizer gives the token ${beyond}; config.json has a vocab_size of ${vocabSize}.`,
    );
  }
  const left = contextLength - inputIds.length;
  if (left >= 1) return left;
  const visual = slots.reduce((sum, { height, width }) => sum + height * width, 0);
  return fail(
    inputIds.length - visual >= contextLength ? 'question-too-long' : 'prompt-too-long',
    `The conversation has ${inputIds.length} tokens; the model reads ${contextLength}.`,
  );
}

/**
 * The runs of pictures and those of clips' groups, in two lists because the template may interleave pictures and clips;
 * each list is in order.
 */
function visualRuns(
  media: readonly PromptMedia[],
  mergeSize: number,
): Record<PromptMedia['kind'], Omit<VisualSlot, 'start'>[]> {
  const runs: ReturnType<typeof visualRuns> = { image: [], video: [] };
  media.forEach(({ kind, grid }, index) => {
    const size = { height: grid.height / mergeSize, width: grid.width / mergeSize };
    for (let group = 0; group < grid.frames; group++) runs[kind].push({ media: index, kind, group, ...size });
  });
  return runs;
}

/**
 * Writes out each clip's groups, one placeholder per group. This happens before the text is tokenised, because a
 * timestamp is ordinary text and may share a token with the text before it. The vision_start and vision_end that the
 * template writes around a clip are replaced together with its placeholder, because the models were trained that way
 * (transformers 4.57.6; 5.17 keeps them). A placeholder without them is replaced alone.
 */
function expandClips(text: string, media: readonly PromptMedia[], options: PromptOptions): string {
  const clips = media.filter((one) => one.kind === 'video');
  if (clips.length === 0) return text;
  const { tokens } = options;
  const pad = tokenText(options, tokens.video);
  const start = tokenText(options, tokens.visionStart);
  const end = tokenText(options, tokens.visionEnd);
  let used = 0;
  const expand = (): string => {
    const clip = clips[used++];
    if (clip === undefined) fail('bad-request', 'The text names more videos than there are.');
    if (clip.timestamps.length !== clip.grid.frames) {
      fail('bad-request', `A clip of ${clip.grid.frames} groups has ${clip.timestamps.length} timestamps.`);
    }
    return clip.timestamps.map((seconds) => formatTimestamp(seconds) + start + pad + end).join('');
  };
  const placeholder = new RegExp(`${escapeRegExp(start + pad + end)}|${escapeRegExp(pad)}`, 'g');
  const expanded = text.replace(placeholder, expand);
  if (used < clips.length) fail('bad-request', 'The chat template left out a clip.');
  return expanded;
}

function tokenText({ tokenizer }: PromptOptions, id: number): string {
  return (
    tokenizer.token(id) ??
    fail('bad-checkpoint', `The tokenizer has no token ${id}, which config.json names.`)
  );
}
