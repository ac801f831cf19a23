// Every sentence the page says, in one catalogue, so that a second language is a second object of
// this shape.

import type { FailureCode } from '../failure.ts';

const number = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const whole = number(0);
const tenths = number(1);
const megabytes = (bytes: number): string => (bytes < 10e6 ? tenths : whole).format(bytes / 1e6);

const failures: Record<FailureCode, string> = {
  'bad-manifest': 'This package is damaged: its description cannot be read.',
  'newer-format': 'This package was made by a newer version of the app. Please reload the page to update.',
  'bad-checkpoint': 'This package holds a model that the app does not know.',
  'corrupt-shard': 'A part of the model arrived damaged. Please try again.',
  'missing-file': 'The package is not there, or a part of it is missing.',
  'storage-full': 'There is not enough space on this device.',
  'storage-failed': 'The browser could not store the model. Please reload the page and try again.',
  network: 'The model could not be fetched. Is the connection up?',
  stalled: 'The connection is open, but nothing comes. Please try again later.',
  'short-body': 'A part of the model arrived incomplete. Please try again.',
  'web-page': 'A web page came instead of the model. Does this network ask you to log in?',
  forbidden: 'This model asks for a log-in at the place where it is published.',
  redirected: 'The address sends on to another host, which is not among those allowed.',
  'no-range': 'This server cannot send parts of a file, which a checkpoint needs.',
  'wrong-range': 'The server sent another part of the file than it was asked for.',
  'changed-file': 'The model was changed at its source meanwhile. Please start again.',
  'files-needed': 'Please choose the files of this model again.',
  busy: 'Another tab is at work on this model.',
  'bad-photo': 'This picture is damaged, or of a kind that cannot be read. JPEG, PNG, WebP and AVIF work.',
  'photo-too-large': 'This picture is too large.',
  'prompt-too-long': 'The question and its pictures are too long for this model.',
  'no-webgpu': 'This browser offers no WebGPU here. Choose WASM instead.',
  'out-of-memory': 'This device has too little memory for the model.',
  'device-lost': 'The graphics processor stopped. Please ask again.',
  'worker-died': 'The model stopped unexpectedly. Please ask again.',
  'bad-request': 'This question could not be asked as it is.',
  bug: 'Something went wrong that should not have. The details below help to find it.',
};

export const en = {
  title: 'Darkroom',
  tagline: 'Ask about a picture. It is read on this device.',

  model: 'Model',
  package: 'Package',
  otherAddress: 'Another address…',
  address: 'Address of the package',
  noPackages: 'No package lies beside this page yet. Give the address of one.',
  backend: 'Runs on',
  webgpu: 'WebGPU',
  wasm: 'WASM (processor)',
  noWebGpu: 'This browser offers no WebGPU.',
  longest: 'Longest answer, in tokens',

  pictures: 'Pictures',
  addPictures: 'Choose pictures',
  orDrop: 'or drop them here',
  removePicture: (name: string) => `Remove ${name}`,

  question: 'Question',
  questionHint: 'What is in this picture?',
  ask: 'Ask',
  stop: 'Stop',

  answer: 'Answer',
  fetching: (doneBytes: number, totalBytes: number) =>
    `Fetching the model: ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`,
  preparing: 'Preparing the model',
  decoding: (done: number, total: number) => `Reading pictures: ${done} of ${total}`,
  vision: (done: number, total: number) => `Looking at pictures: ${done} of ${total}`,
  prefill: (done: number, total: number) =>
    `Reading the question: ${whole.format(done)} of ${whole.format(total)} tokens`,
  answering: (tokens: number) => `Answering: ${whole.format(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
  stopping: 'Stopping',
  stopped: 'Stopped.',
  finished: (tokens: number) => `Finished: ${whole.format(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
  cutOff: (tokens: number) => `Longest answer reached: ${whole.format(tokens)} tokens`,
  rate: (tokensPerSecond: number) => `${tenths.format(tokensPerSecond)} tokens/s`,
  details: 'Details',
  failure: (code: FailureCode): string => failures[code],
};

export type Strings = typeof en;
