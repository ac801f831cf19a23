// The tasks of the page's main thread, from Chromium's own trace.

import type { Browser, Page } from '@playwright/test';

/** What a task of the page's main thread took: by the clock, of the processor, and of that in our scripts, in ms. */
export interface Task {
  clock: number;
  own: number;
  scripts: number;
}

const TIMELINE = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** The main thread's tasks while `job` runs. Others may be at work on this machine: the clock counts them too. */
export async function tasksOf(browser: Browser, page: Page, job: () => Promise<void>): Promise<Task[]> {
  await browser.startTracing(page, { categories: TIMELINE });
  await job();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const threads = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === MAIN_THREAD,
  );
  const byThread = threads.map(({ pid, tid }) =>
    traceEvents.filter((event) => event.ph === 'X' && event.pid === pid && event.tid === tid),
  );
  // The page's is the busiest of them.
  const events = byThread.sort((a, b) => b.length - a.length)[0] ?? [];
  const scripts = events.filter(({ name }) => name === 'FunctionCall');
  return events
    .filter(({ name }) => name === 'RunTask')
    .map(({ ts, dur = 0, tdur = 0 }) => ({
      clock: dur / 1000,
      own: tdur / 1000,
      scripts: Math.max(
        0,
        ...scripts
          .filter((call) => call.ts >= ts && call.ts < ts + dur)
          .map((call) => (call.tdur ?? 0) / 1000),
      ),
    }));
}

const MAIN_THREAD = 'CrRendererMain';

/** As Chromium writes it: microseconds; `tdur` is what the thread itself had of the processor. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}
