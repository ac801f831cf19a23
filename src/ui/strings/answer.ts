// What stands in an answer: tables, code, previews, links.

const english = () => ({
  code: 'Code',
  table: 'Table',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'The browser did not allow it',
  copyCsv: 'Copy as CSV',
  copyJson: 'Copy as JSON',
  preview: 'Preview',
  previewOf: 'Preview of the page; it can reach nothing',
  source: 'Source',
  showOnPicture: (number: number) => `Show number ${number} on the picture`,
  number: 'No.',
  unreadable: (count: number) =>
    count === 1
      ? '1 place in this answer could not be read.'
      : `${count} places in this answer could not be read.`,
  unclear: (count: number) =>
    count === 1
      ? 'The answer does not say which picture this place is on. Choose it:'
      : `The answer does not say which picture ${count} of its places are on. Choose it:`,
  picture: (number: number) => `Picture ${number}`,
  link: 'A link in the answer',
  linkWarning:
    'A model wrote this address, and what it saw in the picture may have had a part in it. This page opens no other pages. Copy the address if you want to go there: its host will see that you come.',
  copyLink: 'Copy the address',
  close: 'Close',
  task: { done: 'done', open: 'to do' },
});

const chinese = (): ReturnType<typeof english> => ({
  code: '代码',
  table: '表格',
  copy: '复制',
  copied: '已复制',
  notCopied: '浏览器不允许复制',
  copyCsv: '复制为 CSV',
  copyJson: '复制为 JSON 格式',
  preview: '预览',
  previewOf: '页面预览，无法访问任何外部内容',
  source: '源代码',
  showOnPicture: (number: number) => `在图片上显示第 ${number} 处`,
  number: '序号',
  unreadable: (count: number) => `回答中有 ${count} 处位置无法读取。`,
  unclear: (count: number) => `回答没有说明其中 ${count} 处在哪张图片上。请选择：`,
  picture: (number: number) => `第 ${number} 张图片`,
  link: '回答中的链接',
  linkWarning:
    '这个地址由模型写出，可能受图片内容影响。本页不会打开其他网页。如果您想访问，请复制地址：对方网站会知道您的到访。',
  copyLink: '复制地址',
  close: '关闭',
  task: { done: '已完成', open: '待办' },
});

export const en = english();
export const zh = chinese();
