// Strings of the history: the opt-in, the list of conversations, export and import.

const ago = (code: string): ((at: number) => string) => {
  const format = new Intl.DateTimeFormat(code, { dateStyle: 'medium', timeStyle: 'short' });
  return (at) => format.format(at);
};

export const en = {
  title: 'Conversations',
  close: 'Close',
  keep: 'Keep conversations on this device',
  keepHint: (isOn: boolean): string =>
    isOn
      ? 'Conversations are kept here, pictures included, until you delete them. They never leave this device.'
      : 'Off: a conversation lasts as long as its tab, or until you begin a new one. Kept ones, pictures included, never leave this device.',
  offer: 'Keep conversations on this device? They stay here, pictures included, until you delete them.',
  offerYes: 'Keep them',
  offerNo: 'No, thanks',
  offerTaken: 'Conversations are kept from now on, this one too. You find them under “Conversations”.',
  understood: 'OK',
  present: 'This conversation',
  kept: 'Kept on this device',
  broken: 'A conversation that cannot be read',
  none: 'Nothing is kept.',
  search: 'Search questions and answers',
  found: (count: number, all: number) => `${count} of ${all}`,
  notFound: 'No conversation here has these words.',
  isOpen: 'Open now',
  fromFile: 'From a file',
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
  keepHint: (isOn) =>
    isOn
      ? '对话（包括图片）会保存在此处，直到您删除。它们绝不会离开本设备。'
      : '已关闭：对话只保留到标签页关闭或开始新对话为止。保存的对话（包括图片）绝不会离开本设备。',
  offer: '要在本设备上保存对话吗？对话（包括图片）只留在这里，直到您删除。',
  offerYes: '保存',
  offerNo: '不用了',
  offerTaken: '对话从现在起会保存，包括这一个。可在“对话记录”中找到。',
  understood: '好的',
  present: '当前对话',
  kept: '保存在本设备上',
  broken: '一段无法读取的对话',
  none: '没有保存的对话。',
  search: '搜索问题和回答',
  found: (count, all) => `共 ${all} 个，找到 ${count} 个`,
  notFound: '没有对话包含这些词。',
  isOpen: '当前打开',
  fromFile: '来自文件',
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
