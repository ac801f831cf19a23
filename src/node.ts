// The public API of the package in Node. index.ts is its counterpart for pages.

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
export { openPackage } from './node/open-directory.ts';
export { DirectorySink } from './node/directory-sink.ts';
export { DirectorySource } from './node/directory-source.ts';
