// Strings of the library: the models, their fit, and ways to add more.

import type { FitReason } from '../../contract/weights.ts';
import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  title: 'Models',
  intro: 'A model is downloaded once and stays on this device. Pictures and questions never leave it.',
  close: 'Close',
  here: 'On this device',
  more: 'More models',
  nothingHere: 'No model is on this device yet.',
  noCatalogue: 'The list of models cannot be read at the moment. The models on this device still work.',
  answering: 'Answers now',
  use: 'Use',
  useName: (name: string) => `Use ${name}`,
  loading: (share: number) => `Loading: ${q.progress(share)}`,
  builtIn: 'Comes with this page',
  parameters: (count: number) => `${q.short(count)} parameters`,
  licence: (name: string) => `Licence: ${name}`,
  sizes: (download: number, stored: number) =>
    download === stored
      ? `${q.bytes(download)} download`
      : `${q.bytes(download)} download, ${q.bytes(stored)} stored`,
  stored: (bytes: number) => `${q.bytes(bytes)} stored`,
  partStored: (bytes: number) => `${q.bytes(bytes)} are here already`,
  from: (place: string) => `From ${place}`,
  unchecked: 'Downloaded without checksums to compare with',
  brokenRecord: 'Its record cannot be read: remove the model',
  fromFiles: 'From files on this computer',
  preset: { exact: 'Exact', '8-bit': '8 bits', balanced: 'Balanced', small: 'Small' },
  reason: (reason: FitReason): string => {
    switch (reason.kind) {
      case 'no-gpu':
        return 'Without a graphics processor it would run on the processor, slowly.';
      case 'memory':
        return `Takes about ${q.bytes(reason.neededBytes)} of memory; about ${q.bytes(reason.availableBytes)} can be used here.`;
      case 'memory-unknown':
        return reason.atLeastBytes === null
          ? `Takes about ${q.bytes(reason.neededBytes)} of memory; this browser does not say how much there is.`
          : `Takes about ${q.bytes(reason.neededBytes)} of memory; this browser only says that there are at least ${q.bytes(reason.atLeastBytes)}.`;
      case 'array-too-large':
        return `Its largest array is ${q.bytes(reason.neededBytes)}; this graphics adapter takes ${q.bytes(reason.limitBytes)} at most.`;
      case 'no-f16':
        return `This graphics processor cannot compute with 16-bit numbers; with longer ones the model takes ${q.bytes(reason.extraBytes)} more memory.`;
    }
  },
  download: (bytes: number | null) => (bytes === null ? 'Download' : `Download ${q.bytes(bytes)}`),
  downloadAnyway: 'Download all the same',
  chooseFiles: 'Choose the files again',
  add: 'Add a model',
  addHint: 'Any Qwen3-VL: from a model hub, from a web folder, or from this computer.',
  link: 'Link',
  linkHint: 'Qwen/Qwen3-VL-2B-Instruct, or an address',
  addLink: 'Download',
  notALink: 'This does not name a model. Enter owner/name as on the hub, or the address of a package.',
  refused: (name: string) => `${name} was not added.`,
  precision: 'Precision',
  precisionHint: 'For checkpoints, which are quantised while they are fetched',
  folder: 'From a folder',
  files: 'From files',
  orDropThem: 'or drop them here',
  fromFolder: (files: number) => (files === 1 ? 'Model from one file' : `Model from ${files} files`),
  asked: (name: string) => `A link asks for the model ${name}.`,
  askedFrom: 'Nothing has been fetched yet. It would come from:',
  askedHere: 'It is on this device already. It came from:',
  notNow: 'Not now',
  persisted: 'The browser keeps models for good.',
  thisVisit:
    'This window stores nothing, or has no free space: models marked “for this visit only” are gone afterwards.',
  notPersisted:
    'The browser may clear models when space runs short. Bookmark or install this page to change that.',
  used: (bytes: number) => `This page uses ${q.bytes(bytes)}.`,
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  title: '模型',
  intro: '模型只需下载一次，之后保存在本设备上。图片和问题绝不会离开本设备。',
  close: '关闭',
  here: '在本设备上',
  more: '更多模型',
  nothingHere: '本设备上还没有模型。',
  noCatalogue: '暂时无法读取模型列表。本设备上已有的模型照常可用。',
  answering: '正在使用',
  use: '使用',
  useName: (name) => `使用 ${name}`,
  loading: (share) => `正在加载：${q.progress(share)}`,
  builtIn: '随本页面提供',
  parameters: (count) => `${q.short(count)}参数`,
  licence: (name) => `许可：${name}`,
  sizes: (download, stored) =>
    download === stored ? `下载 ${q.bytes(download)}` : `下载 ${q.bytes(download)}，保存 ${q.bytes(stored)}`,
  stored: (bytes) => `已保存 ${q.bytes(bytes)}`,
  partStored: (bytes) => `已有 ${q.bytes(bytes)}`,
  from: (place) => `来自 ${place}`,
  unchecked: '下载时没有可供比对的校验值',
  brokenRecord: '它的记录无法读取：请移除',
  fromFiles: '来自本机文件',
  preset: { exact: '精确', '8-bit': '8 位', balanced: '均衡', small: '小巧' },
  reason: (reason) => {
    switch (reason.kind) {
      case 'no-gpu':
        return '没有图形处理器：将在处理器上运行，速度较慢。';
      case 'memory':
        return `约需 ${q.bytes(reason.neededBytes)} 内存；这里可用约 ${q.bytes(reason.availableBytes)}。`;
      case 'memory-unknown':
        return reason.atLeastBytes === null
          ? `约需 ${q.bytes(reason.neededBytes)} 内存；此浏览器不告知内存大小。`
          : `约需 ${q.bytes(reason.neededBytes)} 内存；此浏览器只告知至少有 ${q.bytes(reason.atLeastBytes)}。`;
      case 'array-too-large':
        return `其最大的数组为 ${q.bytes(reason.neededBytes)}；此显卡最多接受 ${q.bytes(reason.limitBytes)}。`;
      case 'no-f16':
        return `此图形处理器不能用 16 位数值计算；改用更长的数值，模型要多占 ${q.bytes(reason.extraBytes)} 内存。`;
    }
  },
  download: (bytes) => (bytes === null ? '下载' : `下载 ${q.bytes(bytes)}`),
  downloadAnyway: '仍然下载',
  chooseFiles: '重新选择文件',
  add: '添加模型',
  addHint: '任何 Qwen3-VL：来自模型社区、网络文件夹或本机。',
  link: '链接',
  linkHint: '所有者/名称，或一个地址',
  addLink: '下载',
  notALink: '这里没有指明模型。请填写模型社区上的“所有者/名称”，或模型包的地址。',
  refused: (name) => `没有添加 ${name}。`,
  precision: '精度',
  precisionHint: '用于原始权重，下载时会进行量化',
  folder: '从文件夹',
  files: '从文件',
  orDropThem: '或拖放到这里',
  fromFolder: (files) => `来自 ${files} 个文件的模型`,
  asked: (name) => `一个链接请求使用模型 ${name}。`,
  askedFrom: '尚未下载任何内容。它将来自：',
  askedHere: '它已在此设备上。它来自：',
  notNow: '暂不',
  persisted: '浏览器会长期保存模型。',
  thisVisit: '此窗口不保存内容，或空间不足：有此标记的模型仅限本次访问。',
  notPersisted: '空间不足时，浏览器可能会清除模型。将本页面加入书签或安装到设备可以改变这一点。',
  used: (bytes) => `本页面已用 ${q.bytes(bytes)}。`,
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
