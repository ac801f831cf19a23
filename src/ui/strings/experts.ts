// Which experts are at work.

import { quantities, type Quantities } from './quantities.ts';

const english = (q: Quantities) => ({
  title: 'Experts at work',
  what: (count: number, chosen: number) =>
    `Each column is a layer with ${q.whole(count)} experts; every token wakes ${q.whole(chosen)} of them. Light fades as time passes.`,
  used: (share: number) => `${q.percent(share)} of the experts were asked in this answer`,
  perToken: (share: number) => `${q.percent(share)} per token`,
  picture: (layers: number, count: number) => `${q.whole(layers)} layers of ${q.whole(count)} experts`,
  idle: 'Nothing yet: ask something.',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: '正在工作的专家',
  what: (count: number, chosen: number) =>
    `每一列是一层，共 ${q.whole(count)} 个专家；每个词元唤醒其中 ${q.whole(chosen)} 个。亮光随时间变暗。`,
  used: (share: number) => `这次回答用到了 ${q.percent(share)} 的专家`,
  perToken: (share: number) => `每个词元用到 ${q.percent(share)}`,
  picture: (layers: number, count: number) => `${q.whole(layers)} 层，每层 ${q.whole(count)} 个专家`,
  idle: '还没有内容：请先提问。',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
