// What an answer is made of: asked for with options, told as events while it is written, handed over
// whole at the end. Plain data; the engine produces it, threads carry it, the page shows it.

import type { Sampling } from './conversation.ts';

export interface AnswerOptions {
  /** The answer ends here at the latest. */
  maxTokens: number;
  sampling: Sampling;
  /**
   * A larger picture is made smaller before it is read; a token is what one merged patch becomes.
   * Absent: as the checkpoint's own files say. A picture too small for them is enlarged as they say.
   */
  maxPictureTokens?: number;
  /** Tell which experts each token went to ('experts' events), where the model has any. */
  watchExperts?: boolean;
  /** Goes on with an answer that ended early; `maxTokens` counts what is added. */
  begun?: BegunAnswer;
}

/** What was written of an answer before it ended early. */
export interface BegunAnswer {
  /** As the model wrote it, its thought included. */
  text: string;
  /**
   * The tokens of the text, from the `Answer` of the same model: with them the answer goes on as if it had not
   * ended. Absent: the text is made into tokens, which may be others.
   */
  ids?: readonly number[];
  /** Ends the thought that the text is, so that the answer comes now. */
  answerNow?: boolean;
}

/**
 * The stages in their order: photos to pixels, pixels to features, prompt to cache, token by token.
 * 'recovering' may come at any time: the GPU was lost, and the answer goes on when it is back.
 */
export type Stage = 'decoding' | 'vision' | 'prefill' | 'answering' | 'recovering';

export type AnswerEvent =
  /**
   * `done` of `total`: photos while decoding and in vision, tokens while prefilling and answering; while
   * recovering, seconds of waiting for the browser, or 0 of 0 while the model is loaded again.
   */
  | { kind: 'stage'; stage: Stage; done: number; total: number }
  /** The conversation is longer than the context; reported once, before anything is computed. */
  | { kind: 'left-out'; leftOut: LeftOut }
  /** The next whole characters; of an answer that goes on, only what is added. */
  | { kind: 'text'; text: string }
  /**
   * The experts at work in the pass that chose the next token, told before its text: (mixture layers,
   * chosen), numbers within their layer, the weightiest first.
   */
  | { kind: 'experts'; chosen: Uint16Array }
  /** How paging went in the latest pass; only where experts are paged. */
  | { kind: 'paging'; paging: PagingReport };

/** What of a conversation does not fit the context; the model does not see it. */
export interface LeftOut {
  /** The oldest questions with their answers. */
  turns: number;
  /** The first pictures and clips, counted over the whole conversation. */
  pictures: number;
}

/** Experts that lie on the device, and what one pass (a token, or a chunk of the prompt) did to have its own. */
export interface PagingReport extends PagingCounts {
  /** Experts on the device and in all; how many the device has room for, and the bytes of that room. */
  heldExperts: number;
  totalExperts: number;
  slots: number;
  slotBytes: number;
  /** Wall-clock milliseconds of the pass, and those in which it waited for the device to compute. */
  passMs: number;
  computeMs: number;
}

export interface PagingCounts {
  /** Experts that were at hand when they were chosen, and those that were not. */
  hits: number;
  misses: number;
  /** Reads begun on a guess of the next layers' experts, and those that were then wanted. */
  guesses: number;
  rightGuesses: number;
  readBytes: number;
  /** Time in which anything was read from storage, and in which what was read was handed over. */
  readMs: number;
  uploadMs: number;
  /** Time in which nothing could go on before a read was done. */
  waitMs: number;
}

export interface Answer {
  /** All of it, what it went on from included. */
  text: string;
  /** The tokens of the text, to go on from. */
  ids: number[];
  /** Tokens generated in this run, the closing one included. */
  tokens: number;
  /** Tokens of the prompt, and how many of them were still in the cache from the turn before. */
  promptTokens: number;
  cachedTokens: number;
  reason: EndReason;
  timings: Timings;
  /** Present when the conversation did not fit the context. */
  leftOut?: LeftOut;
}

/** What is told and kept of an answer beside its text. */
export type AnswerFacts = Omit<Answer, 'text' | 'ids'>;

/**
 * 'eos': the model ended it; 'length': maxTokens reached; 'context': the model can hold no more;
 * 'repetition': it only repeated itself; 'stopped': somebody asked.
 */
export type EndReason = 'eos' | 'length' | 'context' | 'repetition' | 'stopped';

/** Wall-clock milliseconds of each stage; zero where a stage had nothing to do. */
export interface Timings {
  decodingMs: number;
  visionMs: number;
  prefillMs: number;
  answeringMs: number;
}
