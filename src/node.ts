// The public API of the package in Node. index.ts is its counterpart for pages.

import type { Model } from './api/model.ts';
import { openDirectory, type OpenDirectoryOptions } from './node/open-directory.ts';
import { addSelfTest } from './node/write-self-test.ts';

export type {
  Answer,
  AnswerEvent,
  AnswerOptions,
  BegunAnswer,
  EndReason,
  LeftOut,
  PagingReport,
  Stage,
  Timings,
} from './contract/answer.ts';
export type { ImagePart, Message, Part, Sampling, TextPart, VideoPart } from './contract/conversation.ts';
export type { Backend, Precision } from './contract/inference.ts';
export type { CheckpointSource } from './convert/checkpoint-source.ts';
export type { ConversionReport, ConvertOptions, ConvertProgress } from './convert/convert.ts';
export type { PackageSink } from './convert/package-sink.ts';
export type { FailureCode } from './failure.ts';
export type { AnswerStream } from './api/answer-stream.ts';
export type { AskOptions } from './api/ask-options.ts';
export type { Model, ModelInfo } from './api/model.ts';
export type { OpenDirectoryOptions } from './node/open-directory.ts';

export { convert } from './convert/convert.ts';
export { Failure } from './failure.ts';
export { DirectorySink } from './node/directory-sink.ts';
export { DirectorySource } from './node/directory-source.ts';

/** The build puts these files beside this module (tools/build/package/build.ts). */
const KERNELS = {
  own: new URL('./kernels/own.wasm', import.meta.url),
  shared: new URL('./kernels/shared.wasm', import.meta.url),
  thread: new URL('./kernels/thread.js', import.meta.url),
};

/**
 * Opens the package in a directory, as `convert` writes it.
 *
 * Rejects with a `Failure`: 'bad-request' (a wrong argument; the message names it), 'missing-file', 'bad-manifest',
 * 'newer-format', 'corrupt-shard', 'bad-checkpoint', 'too-large-for-processor' (the message says which sizes would
 * fit), 'no-webgpu', 'gpu-too-limited', 'out-of-memory', 'worker-died', or 'not-loaded' if the package `sharp` or
 * `webgpu` is not installed. Rejects with an AbortError if `signal` aborts.
 */
export function openPackage(directory: string, options: OpenDirectoryOptions = {}): Promise<Model> {
  return openDirectory(directory, options, KERNELS);
}

/**
 * Adds a self-test to a package that `convert` has written: the numbers that the processor computes for one known
 * question. Devices on which the model is opened later compare their own numbers with these. Resolves with false if the
 * model is too large for the processor. Rejects with the failures of `openPackage`.
 */
export function writeSelfTest(
  directory: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<boolean> {
  return addSelfTest(directory, KERNELS, signal ?? new AbortController().signal);
}
