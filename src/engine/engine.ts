// A loaded model that answers conversations. The pipeline is answer(): photos → pixels → features →
// prompt → cache → tokens → text. Owns the sessions, the cache and the features; one answer at a time.

import type { Answer, AnswerEvent, AnswerOptions, EndReason, LeftOut, Timings } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { Target } from '../graph/emitted.ts';
import type { AnswerTrace } from './answer-trace.ts';
import { tokenKeys } from './decoder/cached-prefix.ts';
import type { CheckpointFiles } from './checkpoint-files.ts';
import type { Decoder, Logits } from './decoder/decoder.ts';
import { isMedia, MediaLibrary, placeOfSlot, type MediaPart, type Medium } from './media-library.ts';
import type { EngineOptions } from './engine-options.ts';
import type { DecodePhoto } from './photo/photo.ts';
import { fitContext } from './prompt/fit-context.ts';
import { buildPrompt, answerLimit, type Prompt, type VisualSlot } from './prompt/prompt.ts';
import { renderConversation } from './prompt/render-conversation.ts';
import { AnswerText } from './answer/answer-text.ts';
import { begunTokens, goneOnWith } from './answer/begun.ts';
import { createSampler, type Sampler } from './answer/sampler.ts';
import { RepetitionGuard } from './answer/repetition.ts';
import { TokenCache } from './decoder/token-cache.ts';
import { tokenPositions } from './prompt/token-positions.ts';
import type { FeaturePlace } from './vision/feature-place.ts';
import type { VisionEncoder } from './vision/features.ts';

export class Engine {
  readonly files: CheckpointFiles;
  readonly target: Target;
  readonly #decoder: Decoder;
  readonly #cache: TokenCache;
  readonly #media: MediaLibrary;
  readonly #openVision: (signal: AbortSignal) => Promise<VisionEncoder>;
  readonly #releaseVision: boolean;
  readonly #stops: ReadonlySet<number>;
  readonly #endsRepetition: boolean;
  #vision: VisionEncoder | undefined;

  constructor(
    files: CheckpointFiles,
    target: Target,
    decoder: Decoder,
    openVision: (signal: AbortSignal) => Promise<VisionEncoder>,
    decodePhoto: DecodePhoto,
    options: Pick<EngineOptions, 'releaseVision' | 'ignoreStops' | 'chunkTokens' | 'openClip'>,
  ) {
    this.files = files;
    this.target = target;
    this.#decoder = decoder;
    this.#openVision = openVision;
    this.#releaseVision = options.releaseVision === true;
    const chunkTokens = Math.min(decoder.maxChunk, options.chunkTokens ?? Infinity);
    this.#cache = new TokenCache(decoder, files.config.text, chunkTokens);
    this.#stops = options.ignoreStops === true ? new Set() : files.stops;
    this.#endsRepetition = options.ignoreStops !== true;
    this.#media = new MediaLibrary(files, { photo: decodePhoto, clip: options.openClip });
  }

  /** Loads the vision encoder in advance, so that the first picture need not wait for it. */
  async warm(signal: AbortSignal): Promise<void> {
    this.#vision ??= await this.#openVision(signal);
  }

  /**
   * Answers the last message, or continues a begun answer to it. Reuses the part of the conversation that the
   * cache already holds. A stop through `signal` ends the answer early once tokens are written; before that,
   * it throws an AbortError. If the conversation is longer than the context, its oldest turns are left out
   * and reported.
   *
   * Fails with 'prompt-too-long', 'question-too-long' or 'bad-request', with 'bad-checkpoint' if tokenizer and
   * vocabulary do not match, with 'not-numbers', and with the failures of opening pictures and clips.
   */
  async answer(
    messages: readonly Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
    trace: AnswerTrace = {},
  ): Promise<Answer> {
    const { config, tokenizer } = this.files;
    const clock = new StageClock();
    const begun = options.begun === undefined ? undefined : begunTokens(options.begun, tokenizer);
    const begunIds = begun?.ids ?? [];
    const { media, text, prompt, leftOut } = await this.#promptOf(
      messages,
      begunIds,
      options,
      onEvent,
      signal,
    );
    const promptTokens = prompt.inputIds.length - begunIds.length;
    const tokensLeft = answerLimit(prompt, config.text);
    const mediaKeys = media.map((medium) => medium.key);
    const keys = tokenKeys(prompt, mediaKeys);
    const cached = this.#cache.prefixOf(keys);
    clock.end('decodingMs');

    await this.#encodeMedia(prompt, media, cached, onEvent, signal, trace);
    clock.end('visionMs');

    const { positions, next } = tokenPositions(prompt.inputIds.length, prompt.slots);
    trace.onPrompt?.(text, prompt, positions, media);
    const watch = { watchExperts: options.watchExperts === true };
    const placeOf = (slot: VisualSlot): FeaturePlace | undefined => placeOfSlot(media[slot.media]!, slot);
    const sequence = { prompt, positions, placeOf, keys };
    let logits = await this.#cache.prefill(sequence, cached, watch, onEvent, signal);
    if (trace.onPrefillLogits) trace.onPrefillLogits(await logits.all());
    this.#media.keepOnly(new Set(mediaKeys));
    clock.end('prefillMs');

    const sampler = createSampler(options.sampling, {
      prompt: prompt.inputIds.subarray(0, promptTokens),
      ...(begun === undefined ? {} : { begun: begun.ids.slice(0, begun.written) }),
    });
    const writing = new AnswerText(tokenizer, begun, onEvent);
    const guard = new RepetitionGuard((ids) => tokenizer.decode(ids));
    const limit = Math.min(options.maxTokens, tokensLeft);
    let tokens = 0;
    let reason: EndReason = tokensLeft < options.maxTokens ? 'context' : 'length';
    while (tokens < limit) {
      if (signal.aborted) {
        reason = 'stopped';
        break;
      }
      const id = await nextToken(sampler, logits);
      tokens++;
      await trace.onToken?.(id, logits);
      if (logits.experts !== undefined) onEvent({ kind: 'experts', chosen: logits.experts });
      onEvent({ kind: 'stage', stage: 'answering', done: tokens, total: limit });
      if (this.#stops.has(id)) {
        reason = 'eos';
        break;
      }
      writing.add(id);
      if (this.#endsRepetition && guard.isEndless(id)) {
        reason = 'repetition';
        break;
      }
      if (tokens === limit) break;
      logits = await this.#cache.step(id, next + tokens - 1, watch, onEvent);
    }
    const written = writing.end();
    clock.end('answeringMs');
    return {
      ...written,
      tokens,
      promptTokens,
      cachedTokens: Math.min(cached, promptTokens),
      reason,
      timings: clock.timings,
      ...(leftOut.turns === 0 ? {} : { leftOut }),
    };
  }

  /** Clears the conversation: its cached tokens, and the features of its pictures. */
  forget(): void {
    this.#cache.forgetFrom(0);
    this.#media.keepOnly(new Set());
  }

  async dispose(): Promise<void> {
    this.#media.dispose();
    await this.#decoder.dispose();
    await this.#vision?.release();
    this.#vision = undefined;
  }

  /**
   * Opens the media and writes the prompt, followed by the begun part of the answer, if any. If it is longer
   * than the context, the oldest turns are left out.
   */
  async #promptOf(
    messages: readonly Message[],
    begun: readonly number[],
    { maxTokens, maxPictureTokens }: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<{ media: Medium[]; text: string; prompt: Prompt; leftOut: LeftOut }> {
    const all = await this.#prepareMedia(messages, maxPictureTokens, onEvent, signal);
    const { contextLength } = this.files.config.text;
    const reserved = Math.min(maxTokens, Math.floor(contextLength / 4));
    const write = (some: readonly Message[]): { media: Medium[]; text: string; prompt: Prompt } => {
      const media = all.slice(all.length - mediaParts(some).length);
      const { text, prompt } = this.#write(some, media);
      return { media, text, prompt: goneOnWith(prompt, begun) };
    };
    const fits =
      (answerTokens: number) =>
      (some: readonly Message[]): boolean =>
        write(some).prompt.inputIds.length + answerTokens <= contextLength;
    const fitted = fitContext(messages, fits(reserved)) ??
      fitContext(messages, fits(1)) ?? { messages, leftOut: { turns: 0, pictures: 0 } };
    const { leftOut } = fitted;
    if (leftOut.turns > 0) onEvent({ kind: 'left-out', leftOut });
    return { ...write(fitted.messages), leftOut };
  }

  #write(messages: readonly Message[], media: readonly Medium[]): { text: string; prompt: Prompt } {
    const { config, tokenizer, template } = this.files;
    const rendered = renderConversation(messages, template, tokenizer);
    const options = { tokenizer, tokens: config.tokens, mergeSize: config.vision.mergeSize };
    return {
      text: rendered.text.replaceAll(rendered.mark, ''),
      prompt: buildPrompt(
        rendered,
        media.map((medium) => medium.prompt),
        options,
      ),
    };
  }

  async #prepareMedia(
    messages: readonly Message[],
    maxPictureTokens: number | undefined,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Medium[]> {
    const parts = mediaParts(messages);
    const media: Medium[] = [];
    for (const part of parts) {
      onEvent({ kind: 'stage', stage: 'decoding', done: media.length, total: parts.length });
      signal.throwIfAborted();
      media.push(await this.#media.prepare(part, signal, maxPictureTokens));
    }
    return media;
  }

  /** Computes the features of the media that the cache does not hold. */
  async #encodeMedia(
    prompt: Prompt,
    media: readonly Medium[],
    cached: number,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
    trace: AnswerTrace,
  ): Promise<void> {
    const fresh = prompt.slots.filter((slot) => slot.start + slot.height * slot.width > cached);
    const needed = [...new Set(fresh.map((slot) => media[slot.media]!))];
    for (const [done, medium] of needed.entries()) {
      onEvent({ kind: 'stage', stage: 'vision', done, total: needed.length });
      this.#vision ??= await this.#openVision(signal);
      await this.#media.encode(medium, this.#vision, signal, (input) => trace.onPixels?.(medium, input));
      await trace.onFeatures?.(medium);
    }
    if (this.#releaseVision) {
      await this.#vision?.release();
      this.#vision = undefined;
    }
  }
}

async function nextToken(sampler: Sampler, logits: Logits): Promise<number> {
  const fromBest = sampler.needsAll ? undefined : sampler.fromBest(logits.best);
  return fromBest ?? sampler.fromAll(await logits.all());
}

function mediaParts(messages: readonly Message[]): MediaPart[] {
  return messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content.filter(isMedia)));
}

class StageClock {
  readonly timings: Timings = { decodingMs: 0, visionMs: 0, prefillMs: 0, answeringMs: 0 };
  #last = performance.now();

  end(stage: keyof Timings): void {
    const now = performance.now();
    this.timings[stage] = now - this.#last;
    this.#last = now;
  }
}
