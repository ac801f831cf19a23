// The frame of the page: header, empty page, dropping.

import { quantities, type Quantities } from './quantities.ts';

const english = (q: Quantities) => ({
  title: 'Darkroom',
  promise: 'Ask about a picture. It is read on this device and stays here.',
  dropHere: 'Drop pictures here, paste them, or',
  choose: 'Choose pictures',
  letGo: 'Let go to add the pictures',
  newConversation: 'New conversation',
  settings: 'Settings',
  history: 'Conversations',
  menu: 'More',
  language: 'Language',
  models: 'Which model answers, and others',
  noModel: 'Choose a model',
  fetching: 'downloading',
  downloading: (share: number) => `downloading ${q.percent(share)}`,
  starting: 'getting ready',
  loading: (share: number) => `getting ready ${q.percent(share)}`,
  onProcessor: 'on the processor, slower',
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
  dropHere: '将图片拖到此处、粘贴，或',
  choose: '选择图片',
  letGo: '松开即可添加图片',
  newConversation: '新对话',
  settings: '设置',
  history: '对话记录',
  menu: '更多',
  language: '语言',
  models: '由哪个模型回答，以及其他模型',
  noModel: '选择模型',
  fetching: '正在下载',
  downloading: (share: number) => `正在下载 ${q.percent(share)}`,
  starting: '正在准备',
  loading: (share: number) => `正在准备 ${q.percent(share)}`,
  onProcessor: '在处理器上运行，较慢',
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
