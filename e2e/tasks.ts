// Measures the tasks of the page's main thread with Chromium's trace.

import type { Browser, Page } from '@playwright/test';

/**
 * The durations of one task of the page's main thread, in milliseconds: wall-clock time, processor time, and the
 * processor time of the task's longest call into the page's scripts.
 */
export interface Task {
  clock: number;
  own: number;
  scripts: number;
}

const TIMELINE = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];

/**
 * The main thread's tasks while `job` runs. On a busy machine, wall-clock time includes the time of waiting for a core.
 */
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
  // Several processes have a thread with this name; the page's thread is the busiest.
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

/** An event in Chromium's trace. Times are in microseconds; `tdur` is the processor time of the thread. */
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
