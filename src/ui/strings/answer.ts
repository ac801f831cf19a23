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
  noPreview: 'The preview could not be loaded. Reload the page to see it; the conversation goes on.',
  source: 'Source',
  showOnPicture: (number: number) => `Show number ${number} on the picture`,
  number: 'No.',
  what: 'What',
  where: 'Where',
  noPlace: 'not found',
  badPlace: 'could not be read',
  nothing: 'Nothing found.',
  beingWritten: 'The list is being written…',
  brokeOff: 'The answer broke off before its first entry was complete.',
  brokeOffLater: 'The answer broke off here; entries may be missing.',
  asWritten: 'As the model wrote it',
  inNumbers: 'Show the numbers',
  inWords: 'Show it in words',
  numbersAre: 'Thousandths of the picture’s width and height: left, top, right, bottom.',
  yes: 'yes',
  no: 'no',
  places: {
    fields: [
      ...['top left', 'top', 'top right'],
      ...['left', 'middle', 'right'],
      ...['bottom left', 'bottom', 'bottom right'],
    ],
    across: ['all across the top', 'all across the middle', 'all across the bottom'],
    along: ['all down the left side', 'all down the middle', 'all down the right side'],
    whole: 'nearly the whole picture',
  },
  heads: {
    ...{ label: 'What', name: 'Name', text: 'Text', text_content: 'Text', description: 'Description' },
    ...{ category: 'Kind', type: 'Kind', color: 'Colour', colour: 'Colour', count: 'How many' },
    ...{ img_idx: 'Picture', image_index: 'Picture', image_idx: 'Picture', picture_index: 'Picture' },
    ...{ time: 'Time', start: 'From', end: 'To', start_time: 'From', end_time: 'To', date: 'Date' },
    ...{ confidence: 'Certainty', score: 'Certainty', title: 'Title', value: 'Value', unit: 'Unit' },
    ...{ item: 'Item', quantity: 'Quantity', qty: 'Quantity', price: 'Price', unit_price: 'Price each' },
    ...{ amount: 'Amount', total: 'Total', subtotal: 'Subtotal', tax: 'Tax', currency: 'Currency' },
    ...{ store: 'Shop', address: 'Address', phone: 'Telephone', email: 'E-mail', number: 'Number' },
    ...{ id: 'No.', bbox_2d: 'Where', point_2d: 'Where', bbox_3d: 'Where in space', role: 'Role' },
  },
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
  noPreview: '无法加载预览。请重新加载页面，对话会继续。',
  source: '源代码',
  showOnPicture: (number: number) => `在图片上显示第 ${number} 处`,
  number: '序号',
  what: '内容',
  where: '位置',
  noPlace: '未找到',
  badPlace: '无法读取',
  nothing: '没有找到。',
  beingWritten: '正在写出列表…',
  brokeOff: '第一项还没写完，回答就中断了。',
  brokeOffLater: '回答在此中断，可能缺少一些内容。',
  asWritten: '模型写出的原文',
  inNumbers: '显示数值',
  inWords: '用文字显示',
  numbersAre: '以图片宽高的千分之一为单位：左、上、右、下。',
  yes: '是',
  no: '否',
  places: {
    fields: [...['左上', '上方', '右上'], ...['左侧', '中间', '右侧'], ...['左下', '下方', '右下']],
    across: ['横贯上方', '横贯中间', '横贯下方'],
    along: ['纵贯左侧', '纵贯中间', '纵贯右侧'],
    whole: '几乎整张图片',
  },
  heads: {
    ...{ label: '内容', name: '名称', text: '文字', text_content: '文字', description: '描述' },
    ...{ category: '类别', type: '类别', color: '颜色', colour: '颜色', count: '数量' },
    ...{ img_idx: '图片', image_index: '图片', image_idx: '图片', picture_index: '图片' },
    ...{ time: '时间', start: '开始', end: '结束', start_time: '开始', end_time: '结束', date: '日期' },
    ...{ confidence: '把握', score: '把握', title: '标题', value: '数值', unit: '单位' },
    ...{ item: '项目', quantity: '数量', qty: '数量', price: '价格', unit_price: '单价' },
    ...{ amount: '金额', total: '合计', subtotal: '小计', tax: '税', currency: '货币' },
    ...{ store: '商店', address: '地址', phone: '电话', email: '邮箱', number: '编号' },
    ...{ id: '编号', bbox_2d: '位置', point_2d: '位置', bbox_3d: '空间位置', role: '角色' },
  },
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

export type AnswerStrings = ReturnType<typeof english>;

export const en = english();
export const zh = chinese();
