// Strings of the field for the question.

import { quantities, type Quantities } from '../kit/quantities.ts';

const english = (q: Quantities) => ({
  question: 'Question',
  hint: (pictures: number, clips: number) => {
    const count = pictures + clips;
    if (count === 0) return 'Ask about a picture';
    const kind = clips === 0 ? 'picture' : pictures === 0 ? 'clip' : 'file';
    return count === 1 ? `Ask about the ${kind}` : `Ask about ${q.whole(count)} ${kind}s`;
  },
  hintPart: 'Ask about this part',
  ask: 'Ask',
  stop: 'Stop',
  queued: (waitsFor: 'reading' | 'answering'): string =>
    waitsFor === 'reading' ? 'Asked as soon as the file is open.' : 'Asked as soon as this answer has ended.',
  unqueue: 'Do not ask yet',
});

const chinese = (q: Quantities): ReturnType<typeof english> => ({
  question: '问题',
  hint: (pictures: number, clips: number) => {
    const count = pictures + clips;
    if (count === 0) return '就图片提问';
    const number = count === 1 ? '' : ` ${q.whole(count)} `;
    return `就这${number}${clips === 0 ? '张图片' : pictures === 0 ? '段短片' : '个文件'}提问`;
  },
  hintPart: '就这个局部提问',
  ask: '提问',
  stop: '停止',
  queued: (waitsFor) => (waitsFor === 'reading' ? '文件打开后立即提问。' : '此回答结束后立即提问。'),
  unqueue: '先不提问',
});

export const en = english(quantities('en'));
export const zh = chinese(quantities('zh'));
