// Asks held-out questions of the processor engine in this process.

import type { AnswerEvent } from '../../../src/contract/answer.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { openEngine, type OpenedEngine } from '../../../src/node/open-engine.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { asMessages, type HeldOut } from './held-out.ts';
import { ExpertUse } from './table.ts';

const never = new AbortController().signal;

export class AnsweringEngine {
  readonly #opened: OpenedEngine;
  /** Expert usage over all answers so far; undefined for a model without experts. */
  readonly use: ExpertUse | undefined;

  private constructor(opened: OpenedEngine) {
    this.#opened = opened;
    const { moe } = opened.engine.files.config.text;
    this.use = moe === undefined ? undefined : new ExpertUse(moe.layers.length, moe.experts);
  }

  static async open(folder: string, threads: number): Promise<AnsweringEngine> {
    const store = await openDirectoryStore(folder);
    return new AnsweringEngine(await openEngine(store, await kernelFiles(), { threads }, never));
  }

  /** Answers with greedy decoding. */
  async *answers(set: string, questions: readonly HeldOut[]): AsyncGenerator<[held: HeldOut, text: string]> {
    const options = { maxTokens: 200, sampling: {}, watchExperts: true };
    const watch = (event: AnswerEvent): void => {
      if (event.kind === 'experts') this.use?.add(event.chosen);
    };
    for (const held of questions) {
      const { text } = await this.#opened.engine.answer(await asMessages(set, held), options, watch, never);
      yield [held, text];
    }
  }

  async close(): Promise<void> {
    await this.#opened.dispose();
  }
}
