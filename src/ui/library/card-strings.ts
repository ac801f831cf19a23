// Strings of the library's cards: what each model size can do, and its sizes on disk and in memory.

import { quantities, type Quantities } from '../kit/quantities.ts';

const SHORT_ANSWER_TOKENS = 100;

const english = (q: Quantities) => ({
  recommended: 'Recommended here',
  builtInRecommended: 'Recommended here: larger models would be too slow or too large for this device.',
  madeFrom: {
    fourBits:
      'Made from the publisher’s 4-bit files: the smallest download, and the largest difference from the original model.',
    eightToFourBits:
      'Made from the publisher’s 8-bit files, and stored in 4 bits: half the download, with hardly any further loss.',
    eightBits:
      'Keeps exactly the numbers of the publisher’s 8-bit files: closest to the original, at half its size.',
    original: 'Keeps exactly the numbers of the original model.',
  },
  goodFor: {
    small: 'For everyday questions about photos, signs and short texts. The fastest of them.',
    middle: 'Reads documents, tables and handwriting more reliably. A good compromise.',
    large: 'For dense documents, charts and difficult questions. Needs a strong graphics processor.',
    mixture:
      'The most knowledgeable here: only a part of it works on each word, but all of it has to be stored.',
  },
  kind: 'Way of answering',
  kinds: { instruct: 'Direct (Instruct)', thinking: 'Thinks first (Thinking)' },
  kindMeans: {
    instruct: 'It begins its answer without thinking first.',
    thinking: 'It reasons before it answers: better at sums and puzzles, several times as slow.',
  },
  download: 'Download',
  disk: 'Stored, made smaller',
  memory: 'Memory while it answers',
  downloadName: (name: string, bytes: number) => `Download ${name}, ${q.bytes(bytes)}`,
  warnTooLarge: 'It is too large for this device: it may not start, or may close the page.',
  warnSlow: (tokensPerSecond: number) =>
    `Here even a short answer would take about ${q.duration(SHORT_ANSWER_TOKENS / tokensPerSecond)} (${q.rough(tokensPerSecond)} tokens per second).`,
  leaveIt: 'Do not download',
  above: 'See above, on this device.',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  recommended: '推荐用于本设备',
  builtInRecommended: '推荐用于本设备：更大的模型在这里会太慢或太大。',
  madeFrom: {
    fourBits: '由发布者的 4 位文件制成：下载量最小，但与原模型差别最大。',
    eightToFourBits: '由发布者的 8 位文件制成，以 4 位存储：下载量减半，几乎没有额外损失。',
    eightBits: '完整保留发布者 8 位文件中的数值：与原模型最接近，大小减半。',
    original: '完整保留原模型的数值。',
  },
  goodFor: {
    small: '适合关于照片、标志和短文字的日常问题。速度最快。',
    middle: '读文档、表格和手写文字更可靠。兼顾速度与能力。',
    large: '适合密集的文档、图表和难题。需要较强的图形处理器。',
    mixture: '这里知识最丰富的模型：每个词只用到其中一部分，但必须全部存储。',
  },
  kind: '回答方式',
  kinds: { instruct: '直接回答（Instruct）', thinking: '先思考（Thinking）' },
  kindMeans: {
    instruct: '不先思考，直接开始回答。',
    thinking: '先推理再回答：更擅长计算和谜题，但要慢几倍。',
  },
  download: '下载',
  disk: '压缩后占用存储',
  memory: '回答时占用内存',
  downloadName: (name, bytes) => `下载 ${name}，${q.bytes(bytes)}`,
  warnTooLarge: '它对本设备来说太大：可能无法启动，或导致页面关闭。',
  warnSlow: (tokensPerSecond) =>
    `在这里，即使简短回答也约需 ${q.duration(SHORT_ANSWER_TOKENS / tokensPerSecond)}（每秒约 ${q.rough(tokensPerSecond)} 个词元）。`,
  leaveIt: '暂不下载',
  above: '见上方“在本设备上”。',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
