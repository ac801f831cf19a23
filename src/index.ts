// The public API of the package for pages and their workers. node.ts is its counterpart for Node.

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
export type {
  ClipPart,
  ImagePart,
  Message,
  Part,
  Sampling,
  TextPart,
  VideoPart,
} from './contract/conversation.ts';
export type { Backend, LoadedExperts, LoadedModel, LoadEvent, Precision } from './contract/inference.ts';
export type { RuntimeAddresses } from './contract/runtime-addresses.ts';
export type {
  Activity,
  Fit,
  FitReason,
  HubModel,
  KeptModel,
  ModelRequest,
  ModelSource,
  Persistence,
  Preset,
  WeightsEvent,
} from './contract/weights.ts';
export type { CheckpointSource } from './convert/checkpoint-source.ts';
export type { ConversionReport, ConvertOptions, ConvertProgress } from './convert/convert.ts';
export type { Loss } from './convert/encode.ts';
export type { PackageSink } from './convert/package-sink.ts';
export type { PresetName } from './convert/precision.ts';
export type { FailureCode, FailureInfo } from './failure.ts';
export type {
  Dtype,
  ByteRange,
  ExpertLayer,
  ExpertPart,
  Manifest,
  Quantization,
  Shard,
  SideFile,
  TensorEntry,
} from './format/manifest.ts';
export type { AnswerStream } from './api/answer-stream.ts';
export type { AskOptions } from './api/ask-options.ts';
export type { Model, ModelInfo } from './api/model.ts';
export type { OpenEvent, OpenOptions, PackageLocation } from './api/open-package.ts';

export { convert } from './convert/convert.ts';
export { Failure } from './failure.ts';
export { fitPackage } from './api/fit-package.ts';
export { openPackage } from './api/open-package.ts';
export { removePackage, storedPackages } from './api/stored-packages.ts';
