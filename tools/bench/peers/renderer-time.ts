// The processor time of a browser's pages, as Linux counts it.

import { processFiles } from '../browser-memory.ts';

/** The number of ticks per second in which /proc counts processor time. */
const TICKS = 100;

/** Milliseconds of processor time that all pages of the browser with this profile, and their workers, have used. */
export function rendererMs(profile: string): number {
  const ticks = processFiles(profile, 'renderer', 'stat').map((line) => {
    // The name in brackets may hold blanks; user and system time are the 12th and 13th fields after it.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return (ticks.reduce((sum, each) => sum + each, 0) * 1000) / TICKS;
}
