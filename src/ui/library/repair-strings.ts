// Strings for checking, repairing and removing a stored model.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  check: 'Check its files',
  checkName: (name: string) => `Check the files of ${name}`,
  checking: (share: number) => `Checking: ${q.progress(share)}`,
  sound: (files: number) =>
    files === 1 ? 'Its file is undamaged.' : `All ${q.whole(files)} files are undamaged.`,
  damaged: (files: number) =>
    files === 1 ? 'One file is damaged or missing.' : `${q.whole(files)} files are damaged or missing.`,
  repair: 'Repair',
  remove: 'Remove',
  removeName: (name: string) => `Remove ${name}`,
  reallyRemove: (bytes: number) => `Remove it? ${q.bytes(bytes)} become free.`,
  keep: 'Keep',
  removing: 'Removing',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  check: '检查文件',
  checkName: (name) => `检查 ${name} 的文件`,
  checking: (share) => `正在检查：${q.progress(share)}`,
  sound: (files) => `全部 ${q.whole(files)} 个文件完好。`,
  damaged: (files) => `${q.whole(files)} 个文件损坏或缺失。`,
  repair: '修复',
  remove: '删除',
  removeName: (name) => `删除 ${name}`,
  reallyRemove: (bytes) => `确定删除？将腾出 ${q.bytes(bytes)}。`,
  keep: '保留',
  removing: '正在删除',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
