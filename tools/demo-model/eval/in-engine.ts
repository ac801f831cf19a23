// Asks held-out questions of the engine in this process, on WASM.

import type { AnswerEvent } from '../../../src/contract/answer.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import type { Runtime } from '../../../src/engine/runtime/runtime.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { createNodeWasmRuntime } from '../../tests/support/node-wasm-runtime.ts';
import { asMessages, type HeldOut } from './held-out.ts';
import { ExpertUse } from './table.ts';

const never = new AbortController().signal;

export class AnsweringEngine {
  readonly #engine: Engine;
  readonly #runtime: Runtime;
  /** Expert usage over all answers so far; undefined for a model without experts. */
  readonly use: ExpertUse | undefined;

  private constructor(engine: Engine, runtime: Runtime) {
    this.#engine = engine;
    this.#runtime = runtime;
    const { moe } = engine.files.config.text;
    this.use = moe === undefined ? undefined : new ExpertUse(moe.layers.length, moe.experts);
  }

  static async open(folder: string, threads: number): Promise<AnsweringEngine> {
    const runtime = await createNodeWasmRuntime(threads);
    const engine = await loadEngine(await openDirectoryStore(folder), runtime, decodePhoto, {}, never);
    return new AnsweringEngine(engine, runtime);
  }

  /** Answers with greedy decoding. */
  async *answers(set: string, questions: readonly HeldOut[]): AsyncGenerator<[held: HeldOut, text: string]> {
    const options = { maxTokens: 200, sampling: {}, watchExperts: true };
    const watch = (event: AnswerEvent): void => {
      if (event.kind === 'experts') this.use?.add(event.chosen);
    };
    for (const held of questions) {
      const { text } = await this.#engine.answer(await asMessages(set, held), options, watch, never);
      yield [held, text];
    }
  }

  async close(): Promise<void> {
    await this.#engine.dispose();
    this.#runtime.dispose();
  }
}
