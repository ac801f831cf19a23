// What a browser's processes held at most, as Linux counts it.

import { readdirSync, readFileSync } from 'node:fs';

/** The largest resident size that any process of this type of the browser with this profile had so far; Linux only. */
export function peakResident(profile: string, type: 'renderer' | 'gpu-process'): number | undefined {
  const peaks: number[] = [];
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes(profile) || !command.includes(`--type=${type}`)) continue;
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      if (peak !== undefined) peaks.push(Number(peak) * 1024);
    }
  } catch {
    // A process that ended meanwhile, or a system without /proc.
  }
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

export function toldBytes(bytes: number | undefined): string {
  return bytes === undefined ? 'not known here' : `${(bytes / 1e6).toFixed(0)} MB`;
}
