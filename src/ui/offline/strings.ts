// Strings that say whether the app's own files are kept for a start without a network.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  waiting: 'Not yet this app itself: it is kept after the first answer, to start without a network',
  keeping: (kept: number, wanted: number) =>
    `This app itself is being kept, to start without a network: ${q.whole(kept)} of ${q.whole(wanted)} files`,
  kept: 'This app itself, to start without a network',
  incomplete: (broken: number, wanted: number) =>
    `This app itself, but ${broken === 1 ? 'one file' : `${q.whole(broken)} files`} of ${q.whole(wanted)} could not be fetched. Without a network that part of it is missing.`,
  failed: 'This app itself could not be kept: it starts with a network only.',
  unavailable:
    'Nothing of this app itself: this browser lets no site keep its pages here, so it starts with a network only.',
  again: 'Try again',
  details: 'Details',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  waiting: '尚未保存应用本身：会在第一次回答之后保存，用于断网时启动',
  keeping: (kept, wanted) => `正在保存应用本身，用于断网时启动：${q.whole(kept)} / ${q.whole(wanted)} 个文件`,
  kept: '应用本身，用于断网时启动',
  incomplete: (broken, wanted) =>
    `应用本身，但 ${q.whole(wanted)} 个文件中有 ${q.whole(broken)} 个无法获取。断网时会缺少这一部分。`,
  failed: '无法保存应用本身：只有在有网络时才能启动。',
  unavailable: '没有保存应用本身：此浏览器不允许网站在这里保存页面，因此只有在有网络时才能启动。',
  again: '重试',
  details: '详细信息',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
