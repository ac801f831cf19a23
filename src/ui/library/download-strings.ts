// Strings of a download: its progress and its controls.

import type { Activity } from '../../contract/weights.ts';
import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  pause: 'Pause',
  resume: 'Go on',
  cancel: 'Cancel',
  retry: 'Try again',
  progressOf: (name: string) => `Progress of ${name}`,
  bytesOf: (done: number, total: number) => `${q.bytes(done)} of ${q.bytes(total)}`,
  rate: (bytesPerSecond: number) => q.rate(bytesPerSecond),
  left: (seconds: number) => `${q.duration(seconds)} left`,
  activity: (activity: Activity): string => {
    switch (activity.kind) {
      case 'planning':
        return 'Reading the list of its parts';
      case 'downloading':
        return 'Downloading';
      case 'verifying':
        return 'Verifying';
      case 'quantising':
        return activity.layer === null
          ? 'Quantising'
          : `Quantising layer ${activity.layer} of ${activity.layers}`;
    }
  },
  retrying: (attempt: number, waitMs: number) =>
    `Attempt ${attempt} broke off; the next one follows in ${q.duration(waitMs / 1000)}`,
  offline: 'This device is offline. What has arrived is kept.',
  following: 'Another tab is downloading it; this tab shows the progress',
  pausing: 'Pausing',
  paused: 'Paused',
  needed: (bytes: number) => `${q.bytes(bytes)} more are needed.`,
  couldGo: 'You could remove:',
  freeBy: (name: string, bytes: number) => `Remove ${name} (${q.bytes(bytes)})`,
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  pause: '暂停',
  resume: '继续',
  cancel: '取消',
  retry: '重试',
  progressOf: (name) => `${name} 的进度`,
  bytesOf: (done, total) => `已完成 ${q.bytes(done)}，共 ${q.bytes(total)}`,
  rate: (bytesPerSecond) => `每秒 ${q.bytes(bytesPerSecond)}`,
  left: (seconds) => `还需 ${q.duration(seconds)}`,
  activity: (activity) => {
    switch (activity.kind) {
      case 'planning':
        return '正在读取模型的组成';
      case 'downloading':
        return '正在下载';
      case 'verifying':
        return '正在校验';
      case 'quantising':
        return activity.layer === null
          ? '正在量化'
          : `正在量化第 ${activity.layer} 层，共 ${activity.layers} 层`;
    }
  },
  retrying: (attempt, waitMs) => `第 ${attempt} 次尝试中断；${q.duration(waitMs / 1000)}后再试`,
  offline: '本设备已离线。已下载的部分都保留着。',
  following: '另一个标签页正在处理；这里显示其进度',
  pausing: '正在暂停',
  paused: '已暂停',
  needed: (bytes) => `还需要 ${q.bytes(bytes)}。`,
  couldGo: '可以删除：',
  freeBy: (name, bytes) => `删除 ${name}（${q.bytes(bytes)}）`,
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
