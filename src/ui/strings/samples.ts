// The samples.

export const en = {
  title: 'Or begin with a sample',
  sample: (question: string, isClip: boolean) =>
    `Sample ${isClip ? 'clip' : 'picture'}. Possible question: ${question}`,
  ask: 'Ask about it:',
  failed: 'This sample cannot be fetched at the moment. Your own pictures work all the same.',
};

export const zh: typeof en = {
  title: '或者从示例开始',
  sample: (question, isClip) => `示例${isClip ? '短片' : '图片'}。可以问：${question}`,
  ask: '可以这样问：',
  failed: '暂时无法获取此示例。您自己的图片照常可用。',
};
