// Strings of the settings.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  title: 'Settings',
  style: 'How to answer',
  presets: {
    exact: { name: 'Precise', hint: 'The same answer each time: for reading, counting and finding things' },
    chat: { name: 'Lively', hint: 'Other words each time: for descriptions, ideas and talk' },
    own: { name: 'Custom', hint: 'The values that you set under “For experts”' },
  },
  detail: 'Picture detail',
  details: {
    quick: 'Quick glance',
    normal: 'Normal',
    fine: 'Fine print',
    full: 'As fine as the model sees',
  },
  detailHint: (tokens: number) =>
    `More detail reads smaller print and takes longer. Here: up to ${q.whole(tokens)} tokens per picture.`,
  detailFullHint: 'The most detail, and the longest wait.',
  more: 'For experts',
  temperature: 'Temperature',
  topP: 'Top-p',
  topK: 'Top-k',
  presencePenalty: 'Presence penalty',
  seed: 'Seed',
  seedHint: 'Random',
  maxTokens: 'Longest answer, in tokens',
  backend: 'Runs on',
  backends: { auto: 'Automatic', webgpu: 'Graphics processor (WebGPU)', wasm: 'Processor' },
  reset: 'Back to the defaults',
  close: 'Close',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: '设置',
  style: '回答方式',
  presets: {
    exact: { name: '精确', hint: '每次回答相同：适合读字、计数和找东西' },
    chat: { name: '生动', hint: '每次措辞不同：适合描述、点子和闲聊' },
    own: { name: '自定义', hint: '使用您在“专业设置”中设置的数值' },
  },
  detail: '图片细节',
  details: { quick: '快速一览', normal: '普通', fine: '细小文字', full: '模型能看到的最细' },
  detailHint: (tokens: number) =>
    `细节越多，能读的字越小，用时越长。此处每张图片最多 ${q.whole(tokens)} 个词元。`,
  detailFullHint: '细节最多，等待最久。',
  more: '专业设置',
  temperature: '温度',
  topP: '核采样阈值（top-p）',
  topK: '候选词数（top-k）',
  presencePenalty: '重复惩罚',
  seed: '随机种子',
  seedHint: '随机',
  maxTokens: '回答的最大长度（词元）',
  backend: '运行于',
  backends: { auto: '自动', webgpu: '图形处理器（WebGPU）', wasm: '处理器' },
  reset: '恢复默认',
  close: '关闭',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
