// Kept conversations: opt-in, list, files out and in.

const ago = (code: string): ((at: number) => string) => {
  const format = new Intl.DateTimeFormat(code, { dateStyle: 'medium', timeStyle: 'short' });
  return (at) => format.format(at);
};

export const en = {
  title: 'Conversations',
  close: 'Close',
  keep: 'Keep conversations on this device',
  keepHint: 'Off: a conversation ends with this page. Kept ones, pictures included, never leave this device.',
  present: 'This conversation',
  kept: 'Kept on this device',
  none: 'Nothing is kept.',
  at: ago('en'),
  turns: (count: number) => (count === 1 ? '1 question' : `${count} questions`),
  open: (title: string) => `Open “${title}”`,
  asMarkdown: 'Save as Markdown',
  asJson: 'Save as JSON',
  markdownOf: (title: string) => `Save “${title}” as Markdown`,
  jsonOf: (title: string) => `Save “${title}” as JSON`,
  import: 'Open a saved JSON file',
  remove: 'Delete',
  removeOf: (title: string) => `Delete “${title}”`,
  removeAll: 'Delete all',
  really: 'Delete for good?',
  reallyAll: 'Delete all of them for good?',
  no: 'No',

  question: (number: number) => `Question ${number}`,
  answer: 'Answer',
  thought: 'Thought',
  noAnswer: 'There is no answer.',
};

export const zh: typeof en = {
  title: '对话',
  close: '关闭',
  keep: '在本设备上保存对话',
  keepHint: '关闭时，对话随页面结束。保存的对话（包括图片）绝不会离开本设备。',
  present: '当前对话',
  kept: '保存在本设备上',
  none: '没有保存的对话。',
  at: ago('zh-CN'),
  turns: (count) => `${count} 个问题`,
  open: (title) => `打开“${title}”`,
  asMarkdown: '另存为 Markdown',
  asJson: '另存为 JSON',
  markdownOf: (title) => `将“${title}”另存为 Markdown`,
  jsonOf: (title) => `将“${title}”另存为 JSON`,
  import: '打开保存的 JSON 文件',
  remove: '删除',
  removeOf: (title) => `删除“${title}”`,
  removeAll: '全部删除',
  really: '永久删除？',
  reallyAll: '永久删除全部对话？',
  no: '否',

  question: (number) => `问题 ${number}`,
  answer: '回答',
  thought: '思考',
  noAnswer: '没有回答。',
};

export type HistoryStrings = typeof en;
