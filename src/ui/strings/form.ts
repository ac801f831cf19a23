// The form page: choose a model, choose pictures, ask, read the answer.

import { quantities, type Quantities } from './quantities.ts';

const english = (q: Quantities) => ({
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
    `Fetching the model: ${q.bytes(doneBytes)} of ${q.bytes(totalBytes)}`,
  preparing: 'Preparing the model',
  decoding: (done: number, total: number) => `Reading pictures: ${done} of ${total}`,
  recovering: (done: number, total: number) =>
    total === 0
      ? 'The graphics processor stopped. Loading the model again'
      : `The browser holds the graphics processor back: at most ${total - done} s more, or reload the page`,
  vision: (done: number, total: number) => `Looking at pictures: ${done} of ${total}`,
  prefill: (done: number, total: number) =>
    `Reading the question: ${q.whole(done)} of ${q.whole(total)} tokens`,
  answering: (tokens: number) => `Answering: ${q.whole(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
  stopping: 'Stopping',
  stopped: 'Stopped.',
  finished: (tokens: number) => `Finished: ${q.whole(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
  cutOff: (tokens: number) => `Longest answer reached: ${q.whole(tokens)} tokens`,
  rate: (tokensPerSecond: number) => `${q.tenths(tokensPerSecond)} tokens/s`,
  details: 'Details',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: 'Darkroom',
  tagline: '就图片提问。图片只在本设备上读取。',

  model: '模型',
  package: '模型包',
  otherAddress: '其他地址…',
  address: '模型包的地址',
  noPackages: '本页面旁还没有模型包。请填写一个地址。',
  backend: '运行于',
  webgpu: 'WebGPU',
  wasm: 'WASM（处理器）',
  noWebGpu: '此浏览器不支持 WebGPU。',
  longest: '回答的最大长度（词元）',

  pictures: '图片',
  addPictures: '选择图片',
  orDrop: '或拖放到这里',
  removePicture: (name) => `移除 ${name}`,

  question: '问题',
  questionHint: '这张图片里有什么？',
  ask: '提问',
  stop: '停止',

  answer: '回答',
  fetching: (doneBytes, totalBytes) => `正在获取模型：${q.bytes(doneBytes)}，共 ${q.bytes(totalBytes)}`,
  preparing: '正在准备模型',
  decoding: (done, total) => `正在读取图片：${done}/${total}`,
  recovering: (done, total) =>
    total === 0
      ? '图形处理器已停止，正在重新加载模型'
      : `浏览器暂时不让使用图形处理器：最多再等 ${total - done} 秒，或重新加载页面`,
  vision: (done, total) => `正在看图片：${done}/${total}`,
  prefill: (done, total) => `正在读问题：${q.whole(done)}/${q.whole(total)} 个词元`,
  answering: (tokens) => `正在回答：${q.whole(tokens)} 个词元`,
  stopping: '正在停止',
  stopped: '已停止。',
  finished: (tokens) => `已完成：${q.whole(tokens)} 个词元`,
  cutOff: (tokens) => `已达到回答的最大长度：${q.whole(tokens)} 个词元`,
  rate: (tokensPerSecond) => `每秒 ${q.tenths(tokensPerSecond)} 个词元`,
  details: '详细信息',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
export type FormStrings = typeof en;
