// The frame of the page: header, empty page, dropping.

import { quantities, type Quantities } from './quantities.ts';

const english = (q: Quantities) => ({
  title: 'Darkroom',
  promise: 'Ask about a picture. It is read on this device and stays here.',
  dropHere: 'Drop pictures or short clips here, paste them, or',
  choose: 'Choose pictures or clips',
  small:
    'A small built-in model answers: it knows road signs and simple shapes, says where they are and what changed between two drawings, reads gauges, and sees when a moving ball changes colour.',
  larger: (fromBytes: number) => `Larger models read any photo: from ${q.bytes(fromBytes)}`,
  largerUnknown: 'Larger models read any photo',
  skip: 'Skip to the question',
  letGo: 'Let go to add them',
  newConversation: 'New conversation',
  settings: 'Settings',
  history: 'Conversations',
  menu: 'More',
  language: 'Language',
  models: 'Which model answers, and others',
  noModel: 'Choose a model',
  builtIn: 'Built-in model',
  starting: 'getting ready',
  loading: (share: number) => `getting ready ${q.progress(share)}`,
  onProcessor: 'on this processor',
  distrusted: 'on this processor: the graphics processor gave wrong numbers',
  notInHalves: 'in 32-bit numbers: the graphics processor gets 16-bit ones wrong',
  thisVisit: 'for this visit only',
  paused: 'paused',
  modelFailed: 'not available',
  experts: 'Experts at work',
  conversation: 'Conversation',
  latest: 'Jump to latest',
  close: 'Close',
  details: 'Details',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: 'Darkroom',
  promise: '就图片提问。图片只在本设备上读取，不会离开这里。',
  dropHere: '将图片或短片拖到此处、粘贴，或',
  choose: '选择图片或短片',
  small:
    '现在由内置的小模型回答：它认识路标和简单图形，能指出位置，能说出两幅图之间有什么变化，会读指针仪表，还能看出移动的小球何时变色。',
  larger: (fromBytes) => `更大的模型能读懂任何照片：${q.bytes(fromBytes)} 起`,
  largerUnknown: '更大的模型能读懂任何照片',
  skip: '跳到提问框',
  letGo: '松开即可添加',
  newConversation: '新对话',
  settings: '设置',
  history: '对话记录',
  menu: '更多',
  language: '语言',
  models: '由哪个模型回答，以及其他模型',
  noModel: '选择模型',
  builtIn: '内置模型',
  starting: '正在准备',
  loading: (share: number) => `正在准备 ${q.progress(share)}`,
  onProcessor: '在本机处理器上运行',
  distrusted: '在本机处理器上运行：图形处理器算出了错误的数值',
  notInHalves: '使用 32 位数值：图形处理器用 16 位数值时会算错',
  thisVisit: '仅限本次访问',
  paused: '已暂停',
  modelFailed: '不可用',
  experts: '正在工作的专家',
  conversation: '对话',
  latest: '跳到最新',
  close: '关闭',
  details: '详细信息',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
