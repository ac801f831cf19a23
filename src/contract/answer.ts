// The data of an answer: the options that request it, the events that report it while it is written, and the whole
// answer at the end. All of it is plain data: the engine produces it, threads pass it on, the page shows it.

import type { Sampling } from './conversation.ts';

export interface AnswerOptions {
  /** The largest number of tokens to generate. */
  maxTokens: number;
  sampling: Sampling;
  /**
   * The largest number of tokens per picture. A larger picture is scaled down before the model reads it; one token
   * stands for one merged patch. If omitted, the limits in the checkpoint's own files apply. A picture below their
   * minimum is always scaled up.
   */
  maxPictureTokens?: number;
  /** Whether to report which experts process each token ('experts' events), if the model has experts. */
  watchExperts?: boolean;
  /** An answer to continue that ended early. `maxTokens` then counts only the added tokens. */
  begun?: BegunAnswer;
}

/** The beginning of an answer that ended early. */
export interface BegunAnswer {
  /** The text as the model wrote it, its thought included. */
  text: string;
  /**
   * The tokens of the text, taken from an `Answer` of the same model. With them, the answer continues as if it had not
   * ended. If omitted, the engine tokenizes the text, which may give other tokens.
   */
  ids?: readonly number[];
  /** If set, the text is an unfinished thought. The engine ends the thought, so that the answer itself comes next. */
  answerNow?: boolean;
}

/**
 * The stages in their order: 'decoding' turns photos into pixels, 'vision' turns pixels into features, 'prefill' reads
 * the prompt into the KV cache, and 'answering' computes the answer token by token. 'recovering' may occur at any time:
 * the GPU was lost, and the answer continues when a GPU is available again.
 */
export type Stage = 'decoding' | 'vision' | 'prefill' | 'answering' | 'recovering';

export type AnswerEvent =
  /**
   * `done` of `total` counts photos in 'decoding' and 'vision', and tokens in 'prefill' and 'answering'. In
   * 'recovering', the two numbers count seconds of waiting for the browser, or are both 0 while the model is loaded
   * again.
   */
  | { kind: 'stage'; stage: Stage; done: number; total: number }
  /** The conversation is longer than the context. Reported once, before anything is computed. */
  | { kind: 'left-out'; leftOut: LeftOut }
  /** The next whole characters. If the answer continues an earlier one, only the added characters. */
  | { kind: 'text'; text: string }
  /**
   * The experts that computed in the pass that chose the next token, reported before that token's text: (mixture
   * layers, chosen). Each is a number within its layer; the expert with the largest weight comes first.
   */
  | { kind: 'experts'; chosen: Uint16Array }
  /** Counts and times of paging in the latest pass. Emitted only if experts are paged. */
  | { kind: 'paging'; paging: PagingReport };

/** The parts of a conversation that do not fit the context, so that the model does not see them. */
export interface LeftOut {
  /** Number of turns (a question with its answer), counted from the oldest. */
  turns: number;
  /** Number of pictures and clips, counted from the beginning of the conversation. */
  pictures: number;
}

/** The experts on the device, and the work to load the missing ones in one pass (a token, or a chunk of the prompt). */
export interface PagingReport extends PagingCounts {
  /**
   * The number of experts on the device, and of all experts. `slots`: the number of experts that fit into the
   * `slotBytes` bytes reserved for them.
   */
  heldExperts: number;
  totalExperts: number;
  slots: number;
  slotBytes: number;
  /** Wall-clock milliseconds of the pass. `computeMs`: the part in which the pass waited for the device to compute. */
  passMs: number;
  computeMs: number;
}

export interface PagingCounts {
  /**
   * The number of chosen experts that were on the device already, and the number of chosen experts that were missing.
   */
  hits: number;
  misses: number;
  /**
   * The number of reads that the pager began on a guess of the next layers' experts, and the number of those experts
   * that were then chosen.
   */
  guesses: number;
  rightGuesses: number;
  readBytes: number;
  /**
   * `readMs`: the time in which at least one read from storage was running. `uploadMs`: the time in which the bytes
   * that were read were uploaded to the device.
   */
  readMs: number;
  uploadMs: number;
  /** The time in which the pass could not continue before a read was done. */
  waitMs: number;
}

export interface Answer {
  /** The whole text. If the answer continues an earlier one, the earlier text is included. */
  text: string;
  /** The tokens of the text. An answer can be continued from them. */
  ids: number[];
  /** The number of tokens generated in this run, the end token included. */
  tokens: number;
  /** The number of tokens of the prompt, and how many of them the prefix cache still held from the previous turn. */
  promptTokens: number;
  cachedTokens: number;
  reason: EndReason;
  timings: Timings;
  /** Present if the conversation did not fit the context. */
  leftOut?: LeftOut;
}

/** The facts about an answer that the page shows and stores besides its text. */
export type AnswerFacts = Omit<Answer, 'text' | 'ids'>;

/**
 * 'eos': the model ended the answer; 'length': it reached `maxTokens`; 'context': the context is full;
 * 'repetition': the model only repeated itself; 'stopped': the caller stopped it.
 */
export type EndReason = 'eos' | 'length' | 'context' | 'repetition' | 'stopped';

/** Wall-clock milliseconds of each stage; zero if a stage had nothing to do. */
export interface Timings {
  decodingMs: number;
  visionMs: number;
  prefillMs: number;
  answeringMs: number;
}
