// Strings of the offer to continue the conversation of a tab that is gone.

const at = (code: string): ((ms: number) => string) => {
  const format = new Intl.DateTimeFormat(code, { dateStyle: 'medium', timeStyle: 'short' });
  return (ms) => format.format(ms);
};

export const en = {
  goOnWith: 'Go on with your last conversation?',
  at: at('en'),
  goOn: 'Go on',
  erase: 'Erase it',
};

export const zh: typeof en = {
  goOnWith: '继续上次的对话吗？',
  at: at('zh-CN'),
  goOn: '继续',
  erase: '清除',
};
