// Counts the threads of workers in the browsers that this process has started. Linux names the threads in /proc.

import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** How Chromium, Firefox and WebKit name a worker's thread; Linux keeps 15 characters. */
const WORKER = /^(DedicatedWorker|DOM Worker|WebCore: Worker)/;

/** Undefined on systems without /proc. */
export function workerThreads(): number | undefined {
  if (!existsSync('/proc/self/task')) return undefined;
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    // The name of the program, in parentheses, may contain anything; the parent is the second field after it.
    const parent = Number(/.*\) \S+ (\d+)/s.exec(textOf(`/proc/${name}/stat`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const started = [...(children.get(process.pid) ?? [])];
  for (const one of started) started.push(...(children.get(one) ?? []));
  return started.flatMap(threadNames).filter((name) => WORKER.test(name)).length;
}

function threadNames(id: number): string[] {
  const folder = `/proc/${id}/task`;
  try {
    return readdirSync(folder).map((thread) => textOf(`${folder}/${thread}/comm`));
  } catch {
    return [];
  }
}

/** Empty if the process has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
