// How fast a model can be expected to be, before it is downloaded.

import { quantities, type Quantities } from './quantities.ts';

const english = (q: Quantities) => ({
  measuring: 'Measuring how fast it would be here: up to ten seconds …',
  expected: (tokensPerSecond: number, heldShare: number) =>
    `Estimate for this device: about ${q.rough(tokensPerSecond)} tokens per second, ` +
    (heldShare < 1
      ? `with ${q.percent(heldShare)} of the experts in memory. Measured for a few seconds, then simulated; it may turn out otherwise.`
      : 'with all experts in memory. Measured for a few seconds; it may turn out otherwise.'),
  unknown: 'How fast it would be here could not be measured.',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  measuring: '正在测量它在本设备上会有多快：最多十秒……',
  expected: (tokensPerSecond, heldShare) =>
    `对本设备的估计：每秒约 ${q.rough(tokensPerSecond)} 个词元，` +
    (heldShare < 1
      ? `内存中保留 ${q.percent(heldShare)} 的专家。由几秒钟的测量和模拟得出，实际可能不同。`
      : '所有专家都在内存中。由几秒钟的测量得出，实际可能不同。'),
  unknown: '无法测量它在本设备上会有多快。',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
