// Strings of the page around the conversation: header, empty page, dropping files.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  promise: 'Ask about a picture. It is read on this device and stays here.',
  dropHere: 'Drop pictures or short clips here, paste them, or',
  choose: 'Choose pictures or clips',
  small:
    'A small built-in model answers: it knows road signs and simple shapes, says where they are and what changed between two drawings, reads gauges, and sees when a moving ball changes colour.',
  larger: (fromBytes: number) => `Larger models read any photo: from ${q.bytes(fromBytes)}`,
  largerUnknown: 'Larger models read any photo',
  largerNone: 'Larger models read any photo, but those offered here are too large for this device',
  notices: (count: number) => (count === 1 ? 'One notice' : `${q.whole(count)} notices`),
  skip: 'Skip to the question',
  letGo: 'Let go to add them',
  newConversation: 'New conversation',
  settings: 'Settings',
  history: 'Conversations',
  menu: 'More',
  language: 'Language',
  experts: 'Experts at work',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  promise: '就图片提问。图片只在本设备上读取，不会离开这里。',
  dropHere: '将图片或短片拖到此处、粘贴，或',
  choose: '选择图片或短片',
  small:
    '现在由内置的小模型回答：它认识路标和简单图形，能指出位置，能说出两幅图之间有什么变化，会读指针仪表，还能看出移动的小球何时变色。',
  larger: (fromBytes) => `更大的模型能读懂任何照片：${q.bytes(fromBytes)} 起`,
  largerUnknown: '更大的模型能读懂任何照片',
  largerNone: '更大的模型能读懂任何照片，但这里提供的对本设备来说都太大',
  notices: (count: number) => `${q.whole(count)} 条提示`,
  skip: '跳到提问框',
  letGo: '松开即可添加',
  newConversation: '新对话',
  settings: '设置',
  history: '对话记录',
  menu: '更多',
  language: '语言',
  experts: '正在工作的专家',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
