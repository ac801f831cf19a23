// Strings of the expert panel: the experts at work, paging, and the memory budget.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  title: 'Experts at work',
  close: 'Close the experts',
  what: (count: number, chosen: number) =>
    `Experts are small parts of the model, each good at something else; only a few are asked for each piece of a word. Each column is a layer of ${q.whole(count)}, of which ${q.whole(chosen)} are asked at a time. The brighter a square, the more recently it was asked.`,
  used: (share: number) => `${q.percent(share)} of the experts helped with this answer`,
  perToken: (share: number) => `${q.percent(share)} at a time`,
  picture: (layers: number, count: number) => `${q.whole(layers)} layers of ${q.whole(count)} experts`,
  idle: 'Nothing yet: ask something.',
  held: 'On the device',
  heldOf: (held: number, total: number, bytes: number) =>
    `${q.whole(held)} of ${q.whole(total)} experts, ${q.bytes(bytes)} of memory`,
  hits: 'In memory when needed, lately',
  waiting: 'Time spent waiting for storage',
  share: (share: number) => q.percent(share),
  memory: 'Memory for experts',
  memoryOf: (bytes: number, total: number) => `${q.bytes(bytes)} of ${q.bytes(total)}`,
  memoryHint:
    'More is faster, as long as the device has it. A change loads the model again; the conversation stays.',
  automatic: 'Automatic',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: '正在工作的专家',
  close: '关闭专家视图',
  what: (count: number, chosen: number) =>
    `专家是模型中的小部分，各有所长；生成每个词元时只用到其中几个。每一列是一层，共 ${q.whole(count)} 个专家，每次用到 ${q.whole(chosen)} 个。方格越亮，表示越近才用过。`,
  used: (share: number) => `这次回答用到了 ${q.percent(share)} 的专家`,
  perToken: (share: number) => `每个词元用到 ${q.percent(share)}`,
  picture: (layers: number, count: number) => `${q.whole(layers)} 层，每层 ${q.whole(count)} 个专家`,
  idle: '还没有内容：请先提问。',
  held: '在设备上',
  heldOf: (held: number, total: number, bytes: number) =>
    `${q.whole(total)} 个专家中的 ${q.whole(held)} 个，可容纳 ${q.bytes(bytes)}`,
  hits: '近来需要时已就位',
  waiting: '等待存储所占时间',
  share: (share: number) => q.percent(share),
  memory: '专家可用的内存',
  memoryOf: (bytes: number, total: number) => `${q.bytes(bytes)}，共 ${q.bytes(total)}`,
  memoryHint: '只要设备承受得起，越多越快。更改后模型会重新加载，对话保留。',
  automatic: '自动',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
