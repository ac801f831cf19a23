// Strings of the privacy panel.

import type { Wall, WallState } from '../../policy/walls.ts';
import type { Purpose } from './requests.ts';
import type { Realm } from './walls.svelte.ts';
import { quantities, type Quantities } from '../kit/quantities.ts';

const clock = (code: string): ((at: number) => string) => {
  const format = new Intl.DateTimeFormat(code, { timeStyle: 'medium' });
  return (at) => format.format(at);
};

const english = (q: Quantities) => ({
  unprotectedTitle: 'Not started',
  unprotected:
    'This page keeps photos on your device by a policy that the browser enforces. Here that policy is not in force, so the page does not start.',
  whatToDo:
    'Its host does not send the policy, and this browser lets no service worker add it. A current browser outside of a private window, or the host’s operator, can help.',
  notHeld: (walls: readonly string[]) => `Tried just now, and not stopped: ${walls.join(', ')}.`,
  reason: 'Details',

  title: 'Privacy',
  close: 'Close',
  checking: 'Trying out what this browser enforces',
  enforced: 'Nothing can leave',
  enforcedHow:
    'This browser enforces that this page, and everything in it that sees photos or questions, connects to this site only. That was tried out just now.',
  partly: 'Requests cannot leave',
  partlyHow:
    'This browser lets the page and its workers send requests to this site only. It has no lock for calls between browsers (WebRTC), which this page does not use. Chromium browsers of late 2026 lock that too.',
  broken: 'No pictures are taken',
  brokenHow:
    'Something that keeps pictures and questions here does not hold, as the list below says, so this page takes no pictures. Its host sends another policy than the app’s own, or sends it with some files only. Reloading the page may help; otherwise its operator can.',
  weightsWorker:
    'Models are fetched by a separate worker. It alone reaches the hosts of models, and it sees neither photos nor questions.',
  sent: 'The site sends this policy.',
  added: 'The service worker of this site, which runs in this browser, adds this policy to every page of it.',

  walls: 'The walls, tried when this page opened',
  realm: {
    page: 'This page',
    media: 'Worker that opens pictures and clips',
    inference: 'Worker that answers, and decodes clips',
    kernel: 'Workers that compute for it',
    weights: 'Worker that fetches models',
    hash: 'Worker that checks files',
  } satisfies Record<Realm, string>,
  wall: {
    connect: 'requests to other sites',
    image: 'pictures from other sites',
    media: 'sound and video from other sites',
    frame: 'frames',
    form: 'sending forms',
    worker: 'starting other workers',
    script: 'programs from other sites',
    text: 'text that is run as a program or read as a page',
    style: 'styles from other sites',
    font: 'fonts from other sites',
    object: 'plug-ins, and whatever else loads something',
    base: 'moving the page’s own address',
    sandbox: 'new windows, and leaving for other sites',
    embed: 'being shown inside another page',
    allowlist: 'calls between browsers, and fetching ahead',
  } satisfies Record<Wall, string>,
  state: { holds: 'stopped', open: 'not stopped', absent: 'no lock here' } satisfies Record<
    WallState,
    string
  >,
  secondLock:
    'What is marked “not stopped” here is a second lock: even without it, nothing can be sent to another site.',
  allHold: (count: number) => `all ${q.whole(count)} stopped`,
  someHold: (held: number, count: number) => `${q.whole(held)} of ${q.whole(count)} stopped`,
  trying: 'being tried',
  notTried: 'could not be tried',

  stopped: 'Stopped since this page opened',
  noneStopped: 'Nothing had to be stopped, besides the trial above.',
  stoppedHint:
    'Something in this page tried this, perhaps an extension of the browser, and the browser stopped it. Only you are told: this list is sent to nobody.',
  stoppedOften: (count: number, at: number): string =>
    `${count === 1 ? 'once' : `${q.whole(count)} times, the last`} at ${clock('en')(at)}`,
  stoppedOthers: (count: number) =>
    count === 1 ? 'One more that is not listed' : `${q.whole(count)} more that are not listed`,

  requests: 'Requests since this page opened',
  here: 'this site',
  noOthers: 'None went to another host.',
  purpose: {
    page: 'the page',
    runtime: 'the program that runs models on the graphics processor',
    list: 'lists of models and samples',
    sample: 'sample pictures',
    weights: 'model weights',
  } satisfies Record<Purpose, string>,
  count: (count: number, bytes: number) =>
    `${count === 1 ? 'one request' : `${q.whole(count)} requests`}${bytes > 0 ? `, ${q.bytes(bytes)}` : ''}`,
  unsized: (count: number) => `${q.whole(count)} of a size that the host does not tell`,

  stored: 'Kept in this browser',
  models: (count: number, bytes: number) =>
    count === 0
      ? 'No models'
      : `${count === 1 ? 'One model' : `${q.whole(count)} models`}, ${q.bytes(bytes)}`,
  conversations: (count: number): string =>
    count === 0
      ? 'No conversations in the history'
      : `${count === 1 ? 'One conversation' : `${q.whole(count)} conversations`} in the history, because you keep them`,
  tabs: (count: number): string =>
    count === 0
      ? 'Nothing of open tabs'
      : `What ${count === 1 ? 'one tab holds' : `${q.whole(count)} tabs hold`} (conversation, draft, pictures), so that a reload or a crash does not lose it. “New conversation” erases it. What a closed tab held is erased a quarter of an hour later, or when this page is next open after that.`,
  settings: (count: number) =>
    count === 0 ? 'No settings' : count === 1 ? 'One setting' : `${q.whole(count)} settings`,
  /**
   * The browser's own figure may differ from the sum in the line above, because some browsers count the compressed
   * size.
   */
  usage: (bytes: number) => `All in all, as this browser counts: ${q.bytes(bytes)}`,
  erase: 'Erase all of it',
  reallyErase:
    'Models, conversations (this one too), settings: all of it goes, for good. The page starts anew.',
  eraseNow: 'Erase now',
  keep: 'Keep',
  erased: 'Everything that was kept here is erased.',
  blocked: 'Erased, but for what another open tab of this site still uses. Close it, and that goes too.',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  unprotectedTitle: '未启动',
  unprotected: '本页面依靠浏览器强制执行的策略，让照片留在您的设备上。目前该策略没有生效，因此页面没有启动。',
  whatToDo:
    '主机没有发送该策略，而此浏览器也不允许 Service Worker 补上它。请换用较新的浏览器（不要使用无痕窗口），或联系网站运营者。',
  notHeld: (walls) => `刚刚试过而没有被拦住的有：${walls.join('、')}。`,
  reason: '详情',

  title: '隐私',
  close: '关闭',
  checking: '正在试验此浏览器强制执行哪些限制',
  enforced: '任何内容都无法离开',
  enforcedHow: '此浏览器强制规定：本页面以及其中接触照片或问题的一切，只能连接本网站。刚刚已经实际试验过。',
  partly: '请求无法离开',
  partlyHow:
    '此浏览器只允许本页面及其工作线程向本网站发送请求。它没有锁住浏览器之间的通话（WebRTC），但本页面并不使用它。2026 年底的 Chromium 浏览器也会锁住它。',
  broken: '不接收任何图片',
  brokenHow:
    '有一项让图片和问题留在这里的限制没有生效（见下表），因此本页面不接收任何图片。主机发送的策略与应用自带的不同，或者只随部分文件发送。重新加载页面也许有用，否则请联系网站运营者。',
  weightsWorker: '模型由一个单独的工作线程获取。只有它能连接模型所在的主机，而它看不到照片，也看不到问题。',
  sent: '该策略由本网站发送。',
  added: '本网站在此浏览器中运行的 Service Worker 为其每个页面加上该策略。',

  walls: '打开本页面时试过的限制',
  realm: {
    page: '本页面',
    media: '打开图片和短片的工作线程',
    inference: '回答问题并解码短片的工作线程',
    kernel: '为其计算的工作线程',
    weights: '获取模型的工作线程',
    hash: '校验文件的工作线程',
  },
  wall: {
    connect: '向其他网站发送请求',
    image: '其他网站的图片',
    media: '其他网站的音频和视频',
    frame: '框架',
    form: '提交表单',
    worker: '启动其他工作线程',
    script: '其他网站的程序',
    text: '把文字当作程序运行或当作网页读取',
    style: '其他网站的样式',
    font: '其他网站的字体',
    object: '插件及其他会加载内容的元素',
    base: '改动页面自身的地址',
    sandbox: '打开新窗口，转到其他网站',
    embed: '嵌入其他页面中显示',
    allowlist: '浏览器之间的通话和预先获取',
  },
  state: { holds: '已拦住', open: '没有拦住', absent: '此处没有这道锁' },
  secondLock: '标为“没有拦住”的只是第二道锁：没有它，也无法把任何内容发送到其他网站。',
  allHold: (count) => `${q.whole(count)} 项全部拦住`,
  someHold: (held, count) => `${q.whole(count)} 项中拦住 ${q.whole(held)} 项`,
  trying: '正在试验',
  notTried: '无法试验',

  stopped: '打开本页面以来拦住的内容',
  noneStopped: '除上面的试验外，没有需要拦住的内容。',
  stoppedHint:
    '本页面中有内容（也可能是浏览器的扩展程序）作了下列尝试，浏览器已将其拦住。只有您能看到：此列表不会发送给任何人。',
  stoppedOften: (count, at) =>
    count === 1 ? `1 次，时间 ${clock('zh')(at)}` : `${q.whole(count)} 次，最近一次 ${clock('zh')(at)}`,
  stoppedOthers: (count) => `另有 ${q.whole(count)} 次未列出`,

  requests: '打开本页面以来的请求',
  here: '本网站',
  noOthers: '没有任何请求发往其他主机。',
  purpose: {
    page: '页面本身',
    runtime: '在图形处理器上运行模型的程序',
    list: '模型和示例的列表',
    sample: '示例图片',
    weights: '模型权重',
  },
  count: (count, bytes) => `${q.whole(count)} 个请求${bytes > 0 ? `，${q.bytes(bytes)}` : ''}`,
  unsized: (count) => `其中 ${q.whole(count)} 个的大小未由主机告知`,

  stored: '保存在此浏览器中',
  models: (count, bytes) => (count === 0 ? '没有模型' : `${q.whole(count)} 个模型，${q.bytes(bytes)}`),
  conversations: (count) =>
    count === 0 ? '对话记录中没有对话' : `对话记录中有 ${q.whole(count)} 个对话，因为您选择了保存`,
  tabs: (count) =>
    count === 0
      ? '没有标签页的内容'
      : `${q.whole(count)} 个标签页中的内容（对话、草稿、图片），以免刷新或崩溃时丢失。点“新对话”即清除。标签页关闭一刻钟后，只要本页面打开着，其内容就会被清除。`,
  settings: (count) => (count === 0 ? '没有设置' : `${q.whole(count)} 项设置`),
  usage: (bytes) => `总共（由浏览器统计）：${q.bytes(bytes)}`,
  erase: '全部清除',
  reallyErase: '模型、对话（包括当前对话）、设置将全部永久删除，页面会重新开始。',
  eraseNow: '立即清除',
  keep: '保留',
  erased: '此处保存的一切都已清除。',
  blocked: '已清除，但本网站的另一个标签页仍在使用一部分。关闭它后，那部分也会被删除。',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
