// What the page is doing about a question: one phase at a time. Loads the model that was chosen, asks
// it, and keeps the text as it comes. Nothing here knows how the page looks.

import type { InferenceClient } from '../client/inference-client.ts';
import type { WeightsClient } from '../client/weights-client.ts';
import type { Answer, AnswerEvent, Stage } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { Backend } from '../contract/inference.ts';
import type { WeightsEvent } from '../contract/weights.ts';
import type { FailureCode, FailureInfo, Outcome } from '../failure.ts';

export type Phase =
  | { kind: 'idle' }
  | { kind: 'fetching'; doneBytes: number; totalBytes: number }
  | { kind: 'preparing'; doneBytes: number; totalBytes: number }
  | { kind: 'answering'; stage: Stage; done: number; total: number; tokensPerSecond: number | null }
  | { kind: 'stopping' }
  | { kind: 'stopped' }
  | { kind: 'answered'; answer: Answer }
  | { kind: 'failed'; failure: FailureInfo };

export interface ModelChoice {
  packageUrl: string;
  backend: Backend;
}

export interface Question {
  text: string;
  photos: Blob[];
  maxTokens: number;
}

/** Failures that say nothing against the loaded model: the next question may go to it. */
const MODEL_SURVIVES: ReadonlySet<FailureCode> = new Set([
  'bad-photo',
  'photo-too-large',
  'prompt-too-long',
  'bad-request',
]);

export class Session {
  readonly #client: Pick<InferenceClient, 'load' | 'answer'>;
  readonly #weights: Pick<WeightsClient, 'download'>;
  #phase = $state.raw<Phase>({ kind: 'idle' });
  #text = $state('');
  #loaded: ModelChoice | undefined;
  #run: AbortController | undefined;

  constructor(client: Pick<InferenceClient, 'load' | 'answer'>, weights: Pick<WeightsClient, 'download'>) {
    this.#client = client;
    this.#weights = weights;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The answer as far as it is written. */
  get text(): string {
    return this.#text;
  }

  get busy(): boolean {
    const { kind } = this.#phase;
    return kind === 'fetching' || kind === 'preparing' || kind === 'answering' || kind === 'stopping';
  }

  /** Loads the chosen model unless it is there, then streams its answer. Ignored while busy. */
  async ask(choice: ModelChoice, question: Question): Promise<void> {
    if (this.busy) return;
    const run = new AbortController();
    this.#run = run;
    this.#text = '';
    this.#phase = { kind: 'preparing', doneBytes: 0, totalBytes: 0 };
    const end = (await this.#load(choice, run)) ?? (await this.#answer(question, run));
    this.#run = undefined;
    this.#phase = end;
  }

  stop(): void {
    if (!this.busy) return;
    this.#run?.abort();
    this.#phase = { kind: 'stopping' };
  }

  /** The phase in which loading ended early; undefined when the model is ready. */
  async #load(choice: ModelChoice, run: AbortController): Promise<Phase | undefined> {
    const { packageUrl, backend } = choice;
    if (this.#loaded?.packageUrl === packageUrl && this.#loaded.backend === backend) return undefined;
    this.#loaded = undefined;
    const request = {
      id: packageUrl,
      name: packageUrl,
      source: { kind: 'package' as const, url: packageUrl },
    };
    const kept = await this.#weights.download(request, this.#whileRunning(run, fetching), run.signal);
    if (kept.kind !== 'done') return ended(kept);
    const outcome = await this.#client.load(
      packageUrl,
      { backend },
      this.#whileRunning(run, (event): Phase => event),
      run.signal,
    );
    if (outcome.kind !== 'done') return ended(outcome);
    this.#loaded = { packageUrl, backend };
    return undefined;
  }

  async #answer(question: Question, run: AbortController): Promise<Phase> {
    const messages: Message[] = [{ role: 'user', content: content(question) }];
    const options = { maxTokens: question.maxTokens, sampling: {} };
    const rate = tokenRate();
    const onEvent = this.#whileRunning(run, (event: AnswerEvent): Phase | undefined => {
      if (event.kind === 'stage') return { ...event, kind: 'answering', tokensPerSecond: rate(event) };
      if (event.kind === 'text') this.#text += event.text;
      return undefined;
    });
    const outcome = await this.#client.answer(messages, options, onEvent, run.signal);
    if (outcome.kind === 'failed' && !MODEL_SURVIVES.has(outcome.failure.code)) this.#loaded = undefined;
    if (outcome.kind !== 'done') return ended(outcome);
    // Events come by a channel of their own and may be late: the outcome has the last word.
    this.#text = outcome.value.text;
    return outcome.value.reason === 'stopped'
      ? { kind: 'stopped' }
      : { kind: 'answered', answer: outcome.value };
  }

  /** Lets the events of `run` set the phase, until it is stopped or over. */
  #whileRunning<E>(run: AbortController, next: (event: E) => Phase | undefined): (event: E) => void {
    return (event) => {
      if (this.#run !== run || run.signal.aborted) return;
      this.#phase = next(event) ?? this.#phase;
    };
  }
}

function content({ text, photos }: Question): Message['content'] {
  if (photos.length === 0) return text;
  return [...photos.map((photo) => ({ type: 'image' as const, photo })), { type: 'text', text }];
}

function fetching(event: WeightsEvent): Phase | undefined {
  if (event.kind !== 'progress') return undefined;
  const { doneBytes, totalBytes } = event;
  return { kind: 'fetching', doneBytes, totalBytes };
}

function ended(outcome: Exclude<Outcome<unknown>, { kind: 'done' }>): Phase {
  return outcome.kind === 'failed' ? { kind: 'failed', failure: outcome.failure } : { kind: 'stopped' };
}

/** Tokens per second since the first one; null until there are two. */
function tokenRate(): (event: { stage: Stage; done: number }) => number | null {
  let first: { done: number; at: number } | undefined;
  return ({ stage, done }) => {
    if (stage !== 'answering') return null;
    first ??= { done, at: performance.now() };
    const seconds = (performance.now() - first.at) / 1000;
    return done > first.done && seconds > 0 ? (done - first.done) / seconds : null;
  };
}
