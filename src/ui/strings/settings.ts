// How answers are asked for.

import { quantities, type Quantities } from './quantities.ts';

const english = (q: Quantities) => ({
  title: 'Settings',
  style: 'How to answer',
  presets: {
    exact: { name: 'Exact', hint: 'Always the likeliest word: for reading text, boxes and JSON' },
    chat: { name: 'Visual chat', hint: 'As the model’s authors set it for talking about pictures' },
    text: { name: 'Text and reasoning', hint: 'As the authors set it for questions without pictures' },
    own: { name: 'Own values', hint: 'As set under “More”' },
  },
  detail: 'Picture detail',
  details: {
    quick: 'Quick glance',
    normal: 'Normal',
    fine: 'Fine print',
    full: 'All the model takes',
  },
  detailHint: (tokens: number) =>
    `Up to ${q.whole(tokens)} tokens per picture. More detail reads smaller print and takes longer.`,
  detailFullHint: 'As many tokens as the model reads: the most detail, and the longest wait.',
  more: 'More',
  temperature: 'Temperature',
  topP: 'Top-p',
  topK: 'Top-k',
  presencePenalty: 'Presence penalty',
  seed: 'Seed',
  seedHint: 'Random',
  maxTokens: 'Longest answer, in tokens',
  backend: 'Runs on',
  backends: { auto: 'What is fastest here', webgpu: 'Graphics processor (WebGPU)', wasm: 'Processor (WASM)' },
  reset: 'Back to the defaults',
  close: 'Close',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: '设置',
  style: '回答方式',
  presets: {
    exact: { name: '精确', hint: '总是选最可能的词：适合读字、定位和 JSON' },
    chat: { name: '看图聊天', hint: '模型作者为看图对话给出的设置' },
    text: { name: '文字与推理', hint: '作者为无图问题给出的设置' },
    own: { name: '自定义', hint: '使用“更多”中的数值' },
  },
  detail: '图片细节',
  details: { quick: '快速一览', normal: '普通', fine: '细小文字', full: '模型的上限' },
  detailHint: (tokens: number) =>
    `每张图片最多 ${q.whole(tokens)} 个词元。细节越多，能读的字越小，用时越长。`,
  detailFullHint: '用尽模型可读的词元：细节最多，等待最久。',
  more: '更多',
  temperature: '温度',
  topP: '核采样阈值（top-p）',
  topK: '候选词数（top-k）',
  presencePenalty: '重复惩罚',
  seed: '随机种子',
  seedHint: '随机',
  maxTokens: '回答的最大长度（词元）',
  backend: '运行于',
  backends: { auto: '此处最快的方式', webgpu: '图形处理器（WebGPU）', wasm: '处理器（WASM）' },
  reset: '恢复默认',
  close: '关闭',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
