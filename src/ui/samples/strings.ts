// Strings of the samples.

export const en = {
  title: 'Or begin with a sample',
  others: 'Samples',
  /** The keys are the values of `skill` in the list of samples. */
  captions: {
    signs: 'Road signs',
    shapes: 'Shapes',
    grounding: 'Find shapes',
    gauges: 'A gauge',
    pairs: 'Two pictures',
    clips: 'A short clip',
  },
  sample: (caption: string, question: string, isClip: boolean) =>
    `Sample ${isClip ? 'clip' : 'picture'}${caption === '' ? '' : `: ${caption}`}. Possible question: ${question}`,
  more: 'More samples',
  ask: 'Ask about it:',
  failed: 'This sample cannot be fetched at the moment. Your own pictures work all the same.',
};

export const zh: typeof en = {
  title: '或者从示例开始',
  others: '示例',
  captions: {
    signs: '路标',
    shapes: '图形',
    grounding: '找图形',
    gauges: '仪表',
    pairs: '两张图',
    clips: '短片',
  },
  sample: (caption, question, isClip) =>
    `示例${isClip ? '短片' : '图片'}${caption === '' ? '' : `：${caption}`}。可以问：${question}`,
  more: '更多示例',
  ask: '可以这样问：',
  failed: '暂时无法获取此示例。您自己的图片照常可用。',
};
