// Formats numbers with their units for the strings of a language.

import type { LanguageCode } from './language.svelte.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export interface Quantities {
  /** 12,345 */
  whole(value: number): string;
  /** 12.3 */
  tenths(value: number): string;
  /** 34, 8.3, 0.4: at most two significant digits, for estimates. */
  rough(value: number): string;
  /** 2.1B, 21亿 */
  short(value: number): string;
  /** 42 % */
  percent(share: number): string;
  /** 42 %, for work that is still running: at most 99 %. */
  progress(share: number): string;
  /** 1.9 GB: about three digits, in powers of 1000, as shops and browsers count. */
  bytes(bytes: number): string;
  /** 23 MB/s */
  rate(bytesPerSecond: number): string;
  /** "4 min", "1 h 20 min": rounded, for estimates. */
  duration(seconds: number): string;
  /** "2.4 s", "42 s", "3 min 5 s": for measured times. */
  wait(seconds: number): string;
}

export function quantities(code: LanguageCode): Quantities {
  const format = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const formatter = new Intl.NumberFormat(code, options);
    return (value) => formatter.format(value);
  };
  const whole = format({ maximumFractionDigits: 0 });
  const tenths = format({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const brief = format({ maximumFractionDigits: 1 });
  const rough = format({ maximumSignificantDigits: 2 });
  const short = format({ notation: 'compact', maximumSignificantDigits: 3 });
  const percent = format({ style: 'percent', maximumFractionDigits: 0 });
  const [hour, minute, second] = code === 'zh' ? ['小时', '分钟', '秒'] : ['h', 'min', 's'];

  const bytes = (value: number): string => {
    const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
    const scaled = value / 1000 ** power;
    return `${power > 0 && scaled < 99.95 ? tenths(scaled) : whole(scaled)} ${UNITS[power] ?? ''}`;
  };
  const duration = (seconds: number): string => {
    if (seconds < 59.5) return `${whole(Math.max(1, seconds))} ${second}`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${whole(minutes)} ${minute}`;
    const rest = minutes % 60;
    const hours = `${whole(Math.floor(minutes / 60))} ${hour}`;
    return rest === 0 ? hours : `${hours} ${rest} ${minute}`;
  };
  const wait = (seconds: number): string => {
    if (seconds < 9.95) return `${brief(seconds)} ${second}`;
    const all = Math.round(seconds);
    if (all < 60) return `${whole(all)} ${second}`;
    return `${whole(Math.floor(all / 60))} ${minute} ${all % 60} ${second}`;
  };
  return {
    wait,
    whole,
    tenths,
    rough,
    short,
    percent,
    progress: (share) => percent(Math.min(share, 0.99)),
    bytes,
    rate: (perSecond) => `${bytes(perSecond)}/s`,
    duration,
  };
}
