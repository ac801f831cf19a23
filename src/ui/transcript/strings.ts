// Strings of the conversation: questions and answers.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  you: 'You asked',
  answer: 'Answer',
  edit: 'Edit the question',
  resend: 'Ask again',
  cancel: 'Cancel',
  copy: 'Copy the answer',
  copied: 'Copied',
  regenerate: 'Answer again',
  retry: 'Try again',
  translate: { en: 'Translate into English', zh: 'Translate into Chinese' },
  translateQuestion: {
    en: 'Translate your last answer into English. Write only the translation.',
    zh: 'Translate your last answer into Chinese. Write only the translation.',
  },
  partAlone: 'Asked about this part alone.',
  askWhole: 'Ask about the whole picture',
  earlier: (count: number) => (count === 1 ? 'Show 1 earlier question' : `Show ${count} earlier questions`),
  setsAside: (count: number) =>
    `Asking again sets aside ${count === 1 ? 'the question' : `the ${count} questions`} that followed, with what was answered. You can put that back.`,
  setAside: 'The earlier version was set aside.',
  restore: 'Put it back',
  closed: 'The previous conversation is closed.',
  undoClose: 'Undo',
  forgetClosed: 'Let it go',

  preparing: 'Getting the model ready',
  judging:
    'This processor works out how to check the graphics processor. It does so once per model, in about the time of a short answer without a graphics processor',
  skipJudging: 'Skip this check',
  awaitsUser: 'This question waits until you choose a model',
  choose: 'Choose',
  decoding: (hasClip: boolean) => `Opening the ${hasClip ? 'clip' : 'picture'}`,
  vision: (done: number, total: number, hasClip: boolean) =>
    total === 1
      ? `Looking at the ${hasClip ? 'clip' : 'picture'}`
      : `Looking at the pictures${hasClip ? ' and clips' : ''}: ${done + 1} of ${total}`,
  prefill: (done: number, total: number) => `Reading: ${q.progress(total === 0 ? 0 : done / total)}`,
  recovering: (done: number, total: number) =>
    total === 0
      ? 'The graphics processor stopped. Loading the model again'
      : `The browser holds the graphics processor back: at most ${total - done} s more, or reload the page`,
  writing: 'Answering',
  thinking: 'Thinking',
  stopping: 'Stopping',

  leftOut: (turns: number, pictures: number) =>
    `This conversation is longer than the model can read at once. It no longer sees the first ${
      turns === 1 ? 'question' : `${q.whole(turns)} questions`
    }${
      pictures === 0
        ? '; it still sees their pictures.'
        : pictures === 1
          ? ' and the first picture.'
          : ` and the first ${q.whole(pictures)} pictures.`
    }`,
  rate: (tokensPerSecond: number) => `${q.tenths(tokensPerSecond)} tokens/s`,
  tokens: (count: number) => (count === 1 ? '1 token' : `${q.whole(count)} tokens`),
  took: (seconds: number) => `Took ${q.wait(seconds)}`,
  waited: (seconds: number) => q.wait(seconds),
  firstWord: (seconds: number) => `first word after ${q.wait(seconds)}`,
  remembered: 'picture already read',
  earlyEnds: {
    stopped: 'Stopped.',
    cutOff: 'The answer reached the longest length that the settings allow.',
    contextFull: 'This conversation fills all that the model can keep in mind. Begin a new one.',
    repeated: 'The model only repeated itself, so the answer was ended here.',
    thoughtUntilLimit: 'It thought until its limit; there is no answer yet.',
    thoughtInCircles: 'It only repeated itself while it thought, so the thought was ended here.',
    noAnswerAfterThought: 'It thought and gave no answer.',
    empty: 'The model wrote nothing. Ask in other words.',
  },
  builtInKnows:
    'The built-in model only knows pictures like the samples. This is probably none of them, so the answer may well be wrong.',
  largerModels: 'Larger models',
  goOn: 'Go on',
  answerNow: 'Answer now',
  finished: 'Finished.',
  thought: 'Thought',
  thoughtFor: (seconds: number) => `Thought for ${q.duration(seconds)}`,
  conversation: 'Conversation',
  latest: 'Jump to latest',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  you: '您的问题',
  answer: '回答',
  edit: '修改问题',
  resend: '重新提问',
  cancel: '取消',
  copy: '复制回答',
  copied: '已复制',
  regenerate: '重新回答',
  retry: '重试',
  translate: { en: '译成英文', zh: '译成中文' },
  translateQuestion: {
    en: '请把您的上一个回答译成英文，只写译文。',
    zh: '请把您的上一个回答译成中文，只写译文。',
  },
  partAlone: '只就这个局部提问。',
  askWhole: '就整张图片提问',
  earlier: (count: number) => `显示前面的 ${count} 个问题`,
  setsAside: (count: number) => `重新提问会把后面的 ${count} 个问题及其回答放在一边，之后可以恢复。`,
  setAside: '先前的版本已放在一边。',
  restore: '恢复',
  closed: '上一个对话已关闭。',
  undoClose: '撤销',
  forgetClosed: '不再需要',

  preparing: '正在准备模型',
  judging:
    '本机处理器正在计算用来检查图形处理器的数值。每个模型只需一次，用时约等于不用图形处理器作一次简短的回答',
  skipJudging: '跳过这项检查',
  awaitsUser: '请先选择模型，之后会回答这个问题',
  choose: '选择',
  decoding: (hasClip: boolean) => `正在打开${hasClip ? '短片' : '图片'}`,
  vision: (done: number, total: number, hasClip: boolean) =>
    `正在看${hasClip ? '短片' : '图片'}${total === 1 ? '' : `：第 ${done + 1} 个，共 ${total} 个`}`,
  prefill: (done: number, total: number) => `正在阅读：${q.progress(total === 0 ? 0 : done / total)}`,
  recovering: (done: number, total: number) =>
    total === 0
      ? '图形处理器已停止，正在重新加载模型'
      : `浏览器暂时不让使用图形处理器：最多再等 ${total - done} 秒，或重新加载页面`,
  writing: '正在回答',
  thinking: '正在思考',
  stopping: '正在停止',

  leftOut: (turns: number, pictures: number) =>
    `对话太长，模型无法一次读完。它已看不到最前面的 ${q.whole(turns)} 个问题${
      pictures === 0 ? '，但仍能看到其中的图片。' : `和最前面的 ${q.whole(pictures)} 张图片。`
    }`,
  rate: (tokensPerSecond: number) => `每秒 ${q.tenths(tokensPerSecond)} 个词元`,
  tokens: (count: number) => `${q.whole(count)} 个词元`,
  took: (seconds: number) => `用时 ${q.wait(seconds)}`,
  waited: (seconds: number) => q.wait(seconds),
  firstWord: (seconds: number) => `首字用时 ${q.wait(seconds)}`,
  remembered: '图片已读过',
  earlyEnds: {
    stopped: '已停止。',
    cutOff: '回答已达到设置允许的最大长度。',
    contextFull: '这段对话已占满模型能记住的全部内容，请开始新对话。',
    repeated: '模型只是在重复相同的内容，因此回答在此结束。',
    thoughtUntilLimit: '模型一直思考到上限，还没有给出回答。',
    thoughtInCircles: '模型在思考中只是重复相同的内容，因此思考在此结束。',
    noAnswerAfterThought: '模型思考了，但没有给出回答。',
    empty: '模型没有给出任何内容。请换一种问法。',
  },
  builtInKnows: '内置模型只认识与示例相似的图片。这张图片很可能不在其中，回答未必正确。',
  largerModels: '更大的模型',
  goOn: '继续',
  answerNow: '现在就回答',
  finished: '回答完毕。',
  thought: '思考',
  thoughtFor: (seconds: number) => `思考了 ${q.duration(seconds)}`,
  conversation: '对话',
  latest: '跳到最新',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
