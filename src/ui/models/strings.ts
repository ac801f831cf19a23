// Strings of the button that names the answering model, and of the notices about models.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  arrived: (name: string) => `${name} is ready.`,
  useNow: 'Use it now',
  later: 'Later',
  notDownloaded: (name: string) => `${name} could not be downloaded.`,
  notLoaded: (name: string) => `${name} could not be loaded. The previous model answers again.`,
  openModels: 'Models',
  close: 'Close',
  suspect: (name: string) =>
    `The page closed while ${name} was at work. It may be too large for this device, so it was not loaded again.`,
  useInstead: (name: string) => `Use ${name}`,
  loadAgain: (name: string) => `Load ${name} again`,
  /**
   * Parts of the header's line about a download that runs while another model answers. A phone cuts off the end of that
   * line.
   */
  besideShare: (share: number) => q.percent(share),
  besideBegins: (name: string) => `downloading ${name}`,
  besideLeft: (secondsLeft: number) => `${q.duration(secondsLeft)} left`,
  besideRate: (bytesPerSecond: number) => q.rate(bytesPerSecond),
  titleArrived: (name: string, page: string) => `${name} is ready · ${page}`,
  titleBeside: (share: number, page: string) => `${q.percent(share)} · ${page}`,
  models: 'Which model answers, and others',
  noModel: 'Choose a model',
  builtIn: 'Built-in model',
  starting: 'getting ready',
  loading: (share: number) => `getting ready ${q.progress(share)}`,
  onGpu: 'on the graphics processor',
  onProcessor: 'on this processor',
  distrusted: 'on this processor: the graphics processor gave wrong numbers',
  notInHalves: 'in 32-bit numbers: the graphics processor gets 16-bit ones wrong',
  thisVisit: 'for this visit only',
  paused: 'paused',
  modelFailed: 'not available',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  arrived: (name) => `${name} 已就绪。`,
  useNow: '立即使用',
  later: '稍后',
  notDownloaded: (name) => `无法下载 ${name}。`,
  notLoaded: (name) => `无法加载 ${name}。继续由之前的模型回答。`,
  openModels: '模型',
  close: '关闭',
  suspect: (name) => `${name} 运行时页面意外关闭。它对本设备来说可能太大，因此没有再次加载。`,
  useInstead: (name) => `使用 ${name}`,
  loadAgain: (name) => `再次加载 ${name}`,
  besideShare: (share) => `已下载 ${q.percent(share)}`,
  besideBegins: (name) => `正在下载 ${name}`,
  besideLeft: (secondsLeft) => `还需 ${q.duration(secondsLeft)}`,
  besideRate: (bytesPerSecond) => `每秒 ${q.bytes(bytesPerSecond)}`,
  titleArrived: (name, page) => `${name} 已就绪 · ${page}`,
  titleBeside: (share, page) => `已下载 ${q.percent(share)} · ${page}`,
  models: '由哪个模型回答，以及其他模型',
  noModel: '选择模型',
  builtIn: '内置模型',
  starting: '正在准备',
  loading: (share: number) => `正在准备 ${q.progress(share)}`,
  onGpu: '在图形处理器上运行',
  onProcessor: '在本机处理器上运行',
  distrusted: '在本机处理器上运行：图形处理器算出了错误的数值',
  notInHalves: '使用 32 位数值：图形处理器用 16 位数值时会算错',
  thisVisit: '仅限本次访问',
  paused: '已暂停',
  modelFailed: '不可用',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
