// A loaded model that answers conversations. The pipeline is answer(): photos → pixels → features →
// prompt → cache → tokens → text. Owns the sessions, the cache and the features; one answer at a time.

import type { Answer, AnswerEvent, AnswerOptions, Timings } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import { fail } from '../failure.ts';
import type { Target } from '../graph/emitted.ts';
import type { AnswerTrace } from './answer-trace.ts';
import { cachedPrefix, tokenMarks, type TokenMark } from './cached-prefix.ts';
import type { TemplateMessage } from './chat-template.ts';
import type { CheckpointFiles } from './checkpoint-files.ts';
import { planChunks, type SlotPlace } from './chunks.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from './decoder.ts';
import { isMedia, MediaLibrary, type Medium } from './media.ts';
import type { EngineOptions } from './load-engine.ts';
import type { DecodePhoto } from './photo.ts';
import { buildPrompt, roomForAnswer, type Prompt, type VisualSlot } from './prompt.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { createTextStream } from './text-stream.ts';
import { rotaryTables, tokenPositions } from './token-positions.ts';
import type { RotaryTables } from './vision-positions.ts';
import { groupsPerBlock, type VisionEncoder } from './vision-encoder.ts';

export class Engine {
  readonly files: CheckpointFiles;
  readonly target: Target;
  readonly #decoder: Decoder;
  readonly #media: MediaLibrary;
  readonly #openVision: (signal: AbortSignal) => Promise<VisionEncoder>;
  readonly #releaseVision: boolean;
  readonly #chunkTokens: number;
  readonly #stops: ReadonlySet<number>;
  #vision: VisionEncoder | undefined;
  /** What each cached token is: its id, or the picture and group it belongs to. */
  #cached: TokenMark[] = [];

  constructor(
    files: CheckpointFiles,
    target: Target,
    decoder: Decoder,
    openVision: (signal: AbortSignal) => Promise<VisionEncoder>,
    decodePhoto: DecodePhoto,
    options: Pick<EngineOptions, 'releaseVision' | 'ignoreStops' | 'chunkTokens'>,
  ) {
    this.files = files;
    this.target = target;
    this.#decoder = decoder;
    this.#openVision = openVision;
    this.#releaseVision = options.releaseVision === true;
    this.#chunkTokens = Math.min(decoder.maxChunk, options.chunkTokens ?? Infinity);
    this.#stops = options.ignoreStops === true ? new Set() : files.stops;
    this.#media = new MediaLibrary(files, decodePhoto);
  }

  /** Loads the vision encoder before the first picture needs it. */
  async warm(signal: AbortSignal): Promise<void> {
    this.#vision ??= await this.#openVision(signal);
  }

  /**
   * Answers the last message. What the cache already holds of the conversation is not computed again.
   * A stop asked for through `signal` while tokens are written ends the answer early; before that it
   * throws an AbortError. Fails with 'prompt-too-long', 'bad-photo', 'photo-too-large', 'bad-request', or
   * 'bad-checkpoint' where tokenizer and vocabulary do not fit.
   */
  async answer(
    messages: readonly Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
    trace: AnswerTrace = {},
  ): Promise<Answer> {
    const { config, tokenizer, template } = this.files;
    const clock = new StageClock();
    const media = await this.#prepareMedia(messages, options.maxPictureTokens, onEvent, signal);
    const text = template.render(messages.map(templateMessage));
    const prompt = buildPrompt(
      text,
      media.map((medium) => medium.prompt),
      { tokenizer, tokens: config.tokens, mergeSize: config.vision.mergeSize },
    );
    const room = roomForAnswer(prompt.inputIds, config.text);
    const marks = tokenMarks(prompt, media);
    const cached = cachedPrefix(this.#cached, marks);
    clock.end('decodingMs');

    await this.#encodeMedia(prompt, media, cached, onEvent, signal, trace);
    clock.end('visionMs');

    const { positions, next } = tokenPositions(prompt.inputIds.length, prompt.slots);
    trace.onPrompt?.(text, prompt, positions, media);
    const watch = { watchExperts: options.watchExperts === true };
    let logits = await this.#prefill(prompt, positions, media, marks, cached, watch, onEvent, signal);
    if (trace.onPrefillLogits) trace.onPrefillLogits(await logits.all());
    this.#media.keepOnly(new Set(media.map((medium) => medium.key)));
    clock.end('prefillMs');

    const sampler = createSampler(options.sampling, { prompt: prompt.inputIds });
    const stream = createTextStream(tokenizer);
    const limit = Math.min(options.maxTokens, room);
    let answer = '';
    let tokens = 0;
    let reason: Answer['reason'] = 'length';
    const say = (piece: string): void => {
      if (piece === '') return;
      answer += piece;
      onEvent({ kind: 'text', text: piece });
    };
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
      say(stream.push(id));
      if (tokens === limit) break;
      logits = await this.#step(id, next + tokens - 1, watch);
      this.#tellPaging(onEvent);
    }
    say(stream.flush());
    clock.end('answeringMs');
    return {
      text: answer,
      tokens,
      promptTokens: marks.length,
      cachedTokens: cached,
      reason,
      timings: clock.timings,
    };
  }

  /** Lets go of the conversation: what is cached of it, and what was seen in its pictures. */
  forget(): void {
    this.#forgetFrom(0);
    this.#media.keepOnly(new Set());
  }

  async dispose(): Promise<void> {
    this.#media.dispose();
    await this.#decoder.dispose();
    await this.#vision?.release();
    this.#vision = undefined;
  }

  async #prepareMedia(
    messages: readonly Message[],
    maxPictureTokens: number | undefined,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Medium[]> {
    const parts = messages.flatMap(({ content }) =>
      typeof content === 'string' ? [] : content.filter(isMedia),
    );
    const media: Medium[] = [];
    for (const part of parts) {
      onEvent({ kind: 'stage', stage: 'decoding', done: media.length, total: parts.length });
      signal.throwIfAborted();
      media.push(await this.#media.prepare(part, maxPictureTokens));
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

  /** Brings the cache from `cached` tokens of the prompt to all of them. */
  async #prefill(
    prompt: Prompt,
    positions: Int32Array,
    media: readonly Medium[],
    marks: readonly TokenMark[],
    cached: number,
    watch: AppendOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Logits> {
    const length = prompt.inputIds.length;
    this.#forgetFrom(cached);
    const blocks = media.flatMap((medium) => medium.blocks ?? [undefined]);
    const placeOf = (slot: VisualSlot): SlotPlace => {
      const before = media
        .slice(0, slot.media)
        .reduce((sum, medium) => sum + (medium.blocks?.length ?? 1), 0);
      const perBlock = groupsPerBlock(media[slot.media]!.prompt.grid);
      return {
        block: before + Math.floor(slot.group / perBlock),
        firstRow: 1 + (slot.group % perBlock) * slot.height * slot.width,
      };
    };
    let logits: Logits | undefined;
    for (const plan of planChunks(cached, length, prompt.slots, placeOf, this.#chunkTokens)) {
      onEvent({ kind: 'stage', stage: 'prefill', done: plan.from, total: length });
      signal.throwIfAborted();
      const features = plan.block === undefined ? undefined : blocks[plan.block];
      const chunk: Chunk = {
        ids: prompt.inputIds.slice(plan.from, plan.to),
        featureRows: plan.featureRows,
        ...(features === undefined ? {} : { features }),
        ...this.#rotary(columns(positions, length, plan.from, plan.to)),
      };
      const options = plan.to === length ? { ...watch, signal } : { signal };
      logits = await this.#append(marks.slice(plan.from, plan.to), chunk, options);
      this.#tellPaging(onEvent);
    }
    return logits ?? fail('bug', 'A prompt without tokens.');
  }

  async #step(id: number, position: number, watch: AppendOptions): Promise<Logits> {
    const chunk: Chunk = {
      ids: Int32Array.of(id),
      featureRows: new Int32Array(1),
      ...this.#rotary(Int32Array.of(position, position, position)),
    };
    return this.#append([id], chunk, watch);
  }

  #rotary(positions: Int32Array): RotaryTables {
    const { headDim, ropeTheta, mropeSection } = this.files.config.text;
    return rotaryTables(positions, { headDim, theta: ropeTheta, mropeSection });
  }

  async #append(marks: TokenMark[], chunk: Chunk, watch: AppendOptions): Promise<Logits> {
    const logits = await this.#decoder.append(chunk, watch);
    this.#cached.push(...marks);
    return logits;
  }

  #tellPaging(onEvent: (event: AnswerEvent) => void): void {
    const { paging } = this.#decoder;
    if (paging !== undefined) onEvent({ kind: 'paging', paging });
  }

  #forgetFrom(length: number): void {
    this.#decoder.truncate(length);
    this.#cached.length = Math.min(this.#cached.length, length);
  }
}

async function nextToken(sampler: Sampler, logits: Logits): Promise<number> {
  const fromBest = sampler.needsAll ? undefined : sampler.fromBest(logits.best);
  return fromBest ?? sampler.fromAll(await logits.all());
}

function templateMessage({ role, content }: Message): TemplateMessage {
  if (typeof content === 'string') return { role, content };
  return { role, content: content.map((part) => (part.type === 'text' ? part : { type: part.type })) };
}

/** Columns from … to − 1 of a (3, n) array. */
function columns(positions: Int32Array, n: number, from: number, to: number): Int32Array {
  const result = new Int32Array(3 * (to - from));
  for (let axis = 0; axis < 3; axis++) {
    result.set(positions.subarray(axis * n + from, axis * n + to), axis * (to - from));
  }
  return result;
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
