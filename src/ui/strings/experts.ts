// Which experts are at work, and where they lie.

import { quantities, type Quantities } from './quantities.ts';

const english = (q: Quantities) => ({
  title: 'Experts at work',
  what: (count: number, chosen: number) =>
    `Each column is a layer with ${q.whole(count)} experts; every token wakes ${q.whole(chosen)} of them. Light fades as time passes.`,
  used: (share: number) => `${q.percent(share)} of the experts were asked in this answer`,
  perToken: (share: number) => `${q.percent(share)} per token`,
  picture: (layers: number, count: number) => `${q.whole(layers)} layers of ${q.whole(count)} experts`,
  idle: 'Nothing yet: ask something.',
  held: 'On the device',
  heldOf: (held: number, total: number, bytes: number) =>
    `${q.whole(held)} of ${q.whole(total)} experts, room of ${q.bytes(bytes)}`,
  hits: 'At hand when wanted, lately',
  waiting: 'Time spent waiting for storage',
  share: (share: number) => q.percent(share),
  memory: 'Memory for experts',
  memoryOf: (bytes: number, total: number) => `${q.bytes(bytes)} of ${q.bytes(total)}`,
  memoryHint:
    'More is faster, as long as the device has it. A change loads the model anew; the conversation stays.',
  automatic: 'Automatic',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: '正在工作的专家',
  what: (count: number, chosen: number) =>
    `每一列是一层，共 ${q.whole(count)} 个专家；每个词元唤醒其中 ${q.whole(chosen)} 个。亮光随时间变暗。`,
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
