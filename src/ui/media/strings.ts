// Strings for adding, ordering and viewing the pictures and clips of a question.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  add: 'Add pictures or clips',
  choose: 'choose some',
  pictures: 'Pictures of the next question',
  opening: (count: number) => (count === 1 ? 'Reading a file…' : `Reading ${count} files…`),
  remove: (name: string) => `Remove ${name}`,
  earlier: (name: string) => `Move ${name} forward`,
  later: (name: string) => `Move ${name} back`,
  look: (name: string) => `Look at ${name}`,
  refused: (name: string) => `${name} was not added.`,
  refusedSome: (count: number, all: number) =>
    count === all
      ? `None of the ${all} files was added.`
      : `${count} of ${all} files ${count === 1 ? 'was' : 'were'} not added.`,
  /** Lists the names of files that were refused for the same reason. */
  andMore: (names: string, more: number) => (more === 0 ? names : `${names} and ${more} more`),
  /** `all`: the number of pictures. `earlier`: how many of them came with earlier questions. */
  madeForFew: (most: number, all: number, earlier: number) =>
    earlier === 0
      ? `The built-in model can compare ${most} pictures, not more. Here are ${all}: remove some to ask.`
      : `The built-in model can compare ${most} pictures, not more. With this question there would be ${all}: ${earlier} came with earlier questions.`,
  askAfresh: 'Ask in a new conversation',
  largerModels: 'Larger models',
  contextHolds: (fitting: number, all: number, earlier: number) =>
    `This model can take in about ${fitting} of these ${all} pictures${
      earlier === 0 ? '' : `, ${earlier} of which came with earlier questions`
    }. Remove some, or let it look less closely (in the settings).`,
  wordsKept: 'What you have written is kept.',
  dismiss: 'Dismiss',
  pasted: 'pasted picture',
  partOf: (name: string) => `part of ${name}`,
  framed: (name: string) =>
    `Drag on the picture to frame a part. Your question will be about the framed part of ${name} alone.`,
  framedAgain: (name: string) =>
    `Drag on the picture to frame a part. Your question will be about the framed part; the model has seen the whole of ${name} before.`,
  noFrame: 'Remove the frame',
  partAlone: (name: string) => `Your question will be about the framed part of ${name} alone.`,
  sendWhole: 'Ask about the whole picture too',
  undoPart: 'Back to the whole picture',
  /** The accessible name of a picture or clip. */
  called: (name: string, clipSeconds: number | null) =>
    clipSeconds === null ? name : `${name}, a clip of ${q.duration(clipSeconds)}`,
  play: 'Play',
  pause: 'Pause',

  takePhoto: 'Take a picture',
  camera: 'Camera',
  cameraAsking: 'Your browser asks whether this page may use the camera.',
  cameraDenied:
    'The camera is blocked for this page. Allow it in the browser’s site settings (beside the address), then try again. Adding files works all the same.',
  cameraMissing: 'No camera was found. Connect one and try again, or add a file.',
  cameraBusy: 'Another program is using the camera. Close it and try again.',
  cameraGone: 'The camera was unplugged. Connect it and try again.',
  cameraFailed: 'The camera did not start. Try again, or add a file.',
  tryAgain: 'Try again',
  shoot: 'Take the picture',
  otherCamera: 'Other camera',
  cameraPicture: (time: string) => `camera ${time}`,
  cancel: 'Cancel',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  add: '添加图片或短片',
  choose: '选择图片',
  pictures: '下一个问题的图片',
  opening: (count: number) => `正在读取 ${count} 个文件…`,
  remove: (name: string) => `移除 ${name}`,
  earlier: (name: string) => `将 ${name} 前移`,
  later: (name: string) => `将 ${name} 后移`,
  look: (name: string) => `查看 ${name}`,
  refused: (name: string) => `${name} 未能添加。`,
  refusedSome: (count: number, all: number) =>
    count === all ? `${all} 个文件都未能添加。` : `${all} 个文件中有 ${count} 个未能添加。`,
  andMore: (names: string, more: number) => (more === 0 ? names : `${names}，另有 ${more} 个`),
  madeForFew: (most: number, all: number, earlier: number) =>
    earlier === 0
      ? `内置模型最多接受 ${most} 张图片，现在有 ${all} 张。请移除一些后再提问。`
      : `内置模型在一个对话中最多接受 ${most} 张图片。加上这个问题共有 ${all} 张，其中 ${earlier} 张来自先前的问题。`,
  askAfresh: '在新对话中提问',
  largerModels: '更大的模型',
  contextHolds: (fitting: number, all: number, earlier: number) =>
    `共 ${all} 张图片${earlier === 0 ? '' : `（其中 ${earlier} 张来自先前的问题）`}，此模型大约只能容纳 ${fitting} 张。请移除一些，或在设置中降低查看图片的精细程度。`,
  wordsKept: '您写下的内容已保留。',
  dismiss: '知道了',
  pasted: '粘贴的图片',
  partOf: (name: string) => `${name} 的局部`,
  framed: (name: string) => `在图片上拖动以框选局部。问题将只针对 ${name} 中框选的局部。`,
  framedAgain: (name: string) => `在图片上拖动以框选局部。问题将针对框选的局部；模型先前已看过整张 ${name}。`,
  noFrame: '取消框选',
  partAlone: (name: string) => `问题将只针对 ${name} 中框选的局部。`,
  sendWhole: '同时就整张图片提问',
  undoPart: '改回整张图片',
  called: (name: string, clipSeconds: number | null) =>
    clipSeconds === null ? name : `${name}（${q.duration(clipSeconds)}的短片）`,
  play: '播放',
  pause: '暂停',

  takePhoto: '拍照',
  camera: '相机',
  cameraAsking: '浏览器正在询问是否允许本页使用相机。',
  cameraDenied: '本页被禁止使用相机。请在浏览器的网站设置（地址栏旁）中允许，然后重试。也可以直接添加文件。',
  cameraMissing: '没有找到相机。请连接相机后重试，或添加文件。',
  cameraBusy: '另一个程序正在使用相机。请关闭它后重试。',
  cameraGone: '相机已断开。请重新连接后重试。',
  cameraFailed: '相机未能启动。请重试，或添加文件。',
  tryAgain: '重试',
  shoot: '拍摄',
  otherCamera: '切换相机',
  cameraPicture: (time: string) => `相机 ${time}`,
  cancel: '取消',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
