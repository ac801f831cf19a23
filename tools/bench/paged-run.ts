// Measures one paged run: answers a conversation with only some of the experts on the device, and sums the figures
// of its passes. Runs in Node and in a browser's worker.

import type { PagingReport } from '../../src/contract/answer.ts';
import type { Message } from '../../src/contract/conversation.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineOptions } from '../../src/engine/engine-options.ts';
import { slotBytes } from '../../src/engine/decoder/paged/expert-slots.ts';
import { loadEngine } from '../../src/engine/load-engine.ts';
import { loadProcessorEngine } from '../../src/engine/load-processor-engine.ts';
import type { DecodePhoto } from '../../src/engine/photo/photo.ts';
import type { OpenReader } from '../../src/engine/processor/blob-reader.ts';
import { processorSlotBytes } from '../../src/engine/processor/expert-slots.ts';
import type { Runtime } from '../../src/engine/runtime/runtime.ts';
import type { PackageStore } from '../../src/format/package-store.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import type { RoutingTrace } from '../../src/paging/routing-trace.ts';
import { RoutingRecorder } from './routing-recorder.ts';
import { embeddingBytes, weightBytes } from './weight-bytes.ts';

export interface PagedRunOptions {
  /** Number of slots per layer. */
  slots: number;
  tokens: number;
  /** Number of layers to look ahead. */
  lookAhead: number;
  seed: number;
  /** The number of tokens of the answer that come before the measured ones. */
  warmUp: number;
}

export interface PagedRun extends PagedRunOptions {
  experts: number;
  /** Figures of the prompt; `misses` is the number of experts that were paged in. */
  prefill: {
    tokens: number;
    ms: number;
    misses: number;
    readMs: number;
    uploadMs: number;
    waitMs: number;
  };
  /** Sums over the tokens of the answer. */
  decode: Pick<
    PagingReport,
    | 'hits'
    | 'misses'
    | 'guesses'
    | 'rightGuesses'
    | 'readBytes'
    | 'readMs'
    | 'uploadMs'
    | 'waitMs'
    | 'passMs'
    | 'computeMs'
  > & { tokens: number };
  slotBytes: number;
  /** The size of all decoder weights except experts, in the form in which the device holds them. */
  denseBytes: number;
  trace: RoutingTrace;
}

/** How an engine that pages its experts is loaded. */
export interface PagedLoader {
  /** The bytes of one slot in every mixture layer. */
  slotBytes: number;
  load(options: EngineOptions): Promise<Engine>;
}

export function onRuntime(store: PackageStore, runtime: Runtime, decodePhoto: DecodePhoto): PagedLoader {
  const signal = new AbortController().signal;
  return {
    slotBytes: slotBytes(store.manifest, runtime.precisions[0]!),
    load: (options) => loadEngine(store, runtime, decodePhoto, options, signal),
  };
}

export function onKernels(
  store: PackageStore,
  kernels: Kernels,
  decodePhoto: DecodePhoto,
  openReader?: OpenReader,
): PagedLoader {
  const signal = new AbortController().signal;
  return {
    slotBytes: processorSlotBytes(store.manifest),
    load: (options) => loadProcessorEngine(store, kernels, decodePhoto, { ...options, openReader }, signal),
  };
}

export async function runPaged(
  store: PackageStore,
  loader: PagedLoader,
  messages: readonly Message[],
  options: PagedRunOptions,
): Promise<PagedRun> {
  const signal = new AbortController().signal;
  const { slots, tokens, lookAhead, seed, warmUp } = options;
  const recorder = new RoutingRecorder();
  const engine = await loader.load({
    expertBudgetBytes: slots * loader.slotBytes,
    lookAhead,
    ignoreStops: true,
    // Only a prompt with a picture needs the vision encoder.
    releaseVision: true,
    onRouting: (index, chosen, guesses) => recorder.add(index, chosen, guesses),
  });
  const { moe } = engine.files.config.text;
  const passes: { paging: PagingReport; isPrompt: boolean }[] = [];
  let promptTokens = 0;
  let isPrompt = true;
  // Sample at random: with random weights, the greedy answer soon repeats itself, and the same experts are chosen again
  // and again.
  const sampling = { temperature: 1, topK: 64, seed };
  await engine.answer(
    messages,
    { maxTokens: warmUp + tokens + 1, sampling },
    (event) => {
      if (event.kind === 'paging') passes.push({ paging: event.paging, isPrompt });
      if (event.kind === 'stage' && event.stage === 'answering') isPrompt = false;
    },
    signal,
    { onPrompt: (_, prompt) => (promptTokens = prompt.inputIds.length) },
  );
  await engine.dispose();
  const reports = (prompt: boolean): PagingReport[] =>
    passes.filter((pass) => pass.isPrompt === prompt).map(({ paging }) => paging);
  const sum = (of: PagingReport[], key: keyof PagingReport): number =>
    of.reduce((total, report) => total + report[key], 0);
  const [prompt, answer] = [reports(true), reports(false).slice(warmUp)];
  return {
    ...options,
    // The number of slots that the pager made, which is never less than one token needs.
    slots: passes[0]!.paging.slots / moe!.layers.length,
    experts: moe!.experts,
    prefill: {
      tokens: promptTokens,
      ms: sum(prompt, 'passMs'),
      misses: sum(prompt, 'misses'),
      readMs: sum(prompt, 'readMs'),
      uploadMs: sum(prompt, 'uploadMs'),
      waitMs: sum(prompt, 'waitMs'),
    },
    decode: {
      tokens: answer.length,
      hits: sum(answer, 'hits'),
      misses: sum(answer, 'misses'),
      guesses: sum(answer, 'guesses'),
      rightGuesses: sum(answer, 'rightGuesses'),
      readBytes: sum(answer, 'readBytes'),
      readMs: sum(answer, 'readMs'),
      uploadMs: sum(answer, 'uploadMs'),
      waitMs: sum(answer, 'waitMs'),
      passMs: sum(answer, 'passMs'),
      computeMs: sum(answer, 'computeMs'),
    },
    slotBytes: passes[0]!.paging.slotBytes,
    denseBytes: weightBytes(store.manifest, engine.target) + embeddingBytes(store.manifest, engine.target),
    trace: recorder.trace(moe!.experts, moe!.expertsPerToken),
  };
}
