// Strings of a model's fit and expected speed before it is downloaded. The page never says that a model fits without
// saying how fast it would be.

import { quantities, type Quantities } from '../kit/quantities.ts';

/** The length of a short answer: two or three sentences. */
const SHORT_ANSWER_TOKENS = 100;

const english = (q: Quantities) => ({
  measuring: 'Measuring how fast it would be here …',
  unknown: 'How fast it would be here could not be measured.',
  fits: 'Fits this device.',
  mayFit: 'May fit this device.',
  fitsPaged: 'Fits this device, with parts read from storage as they are needed.',
  tooLarge: 'Too large for this device.',
  onGpu: (tokensPerSecond: number) =>
    `A short answer takes about ${q.duration(SHORT_ANSWER_TOKENS / tokensPerSecond)} on the graphics processor (${q.rough(tokensPerSecond)} tokens per second).`,
  held: (heldShare: number) => `${q.percent(heldShare)} of its experts fit into memory.`,
  onProcessor: (tokensPerSecond: number) =>
    `A short answer takes about ${q.duration(SHORT_ANSWER_TOKENS / tokensPerSecond)} on the processor alone (${q.rough(tokensPerSecond)} tokens per second).`,
  estimate: 'The speeds are estimates from a short measurement of this device.',
  gpu: (name: string) => `Graphics processor in use: ${name}.`,
  unnamedGpu: 'A graphics processor is in use; the browser does not name it.',
  softwareGpu:
    'This browser gives no access to a graphics processor, only to one in software, which is slower than the processor. Models run on the processor.',
  noGpu: 'This browser offers no graphics processor (WebGPU). Models run on the processor.',
  slower:
    'This computer has a faster graphics processor, and the browser took the slower one. In the system’s graphics settings, give the browser “high performance”, then restart the browser.',
  perhapsSlower:
    'If this computer has a second, faster graphics processor, the browser does not use it. In the system’s graphics settings, give the browser “high performance”, then restart the browser.',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  measuring: '正在测量它在本设备上会有多快……',
  unknown: '无法测量它在本设备上会有多快。',
  fits: '适合本设备。',
  mayFit: '可能适合本设备。',
  fitsPaged: '适合本设备，部分内容会在需要时从存储中读取。',
  tooLarge: '对本设备来说太大。',
  onGpu: (tokensPerSecond) =>
    `在图形处理器上，简短回答约需 ${q.duration(SHORT_ANSWER_TOKENS / tokensPerSecond)}（每秒约 ${q.rough(tokensPerSecond)} 个词元）。`,
  held: (heldShare) => `内存可容纳其 ${q.percent(heldShare)} 的专家。`,
  onProcessor: (tokensPerSecond) =>
    `仅用处理器时，简短回答约需 ${q.duration(SHORT_ANSWER_TOKENS / tokensPerSecond)}（每秒约 ${q.rough(tokensPerSecond)} 个词元）。`,
  estimate: '速度由对本设备的短暂测量估计得出。',
  gpu: (name) => `正在使用的图形处理器：${name}。`,
  unnamedGpu: '正在使用图形处理器；浏览器没有说明其名称。',
  softwareGpu: '此浏览器没有真正的图形处理器可用，只有软件模拟。模型将在处理器上运行。',
  noGpu: '此浏览器不提供图形处理器（WebGPU）。模型将在处理器上运行。',
  slower:
    '这台电脑有更快的图形处理器，但浏览器用了较慢的一个。请在系统的图形设置中将浏览器设为“高性能”，然后重启浏览器。',
  perhapsSlower:
    '如果这台电脑还有一个更快的图形处理器，浏览器并没有使用它。请在系统的图形设置中将浏览器设为“高性能”，然后重启浏览器。',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
