// What a worker must not be able to do; what every realm must not. WebKit reports nothing to workers, but throws at
// once where its policy stops a source of events, and refuses even a module that needs no network.

import { nowhere, type Attempt } from './prove.ts';

const EMPTY_MODULE = 'data:text/javascript,';
/** In a variable: Vite makes an event of a failure to import what stands in the call itself. */
const ELSEWHERE = `${nowhere('script')}x.js`;
/** A worker of no file. Nothing but the policy can stop it, and it says so if it starts. */
const STRAY_WORKER = 'data:text/javascript,postMessage("started")';

/** `notAWorker`: the address of public/not-a-worker.js. */
export function workerAttempts(notAWorker: string): Attempt[] {
  return [
    {
      wall: 'connect',
      directive: 'connect-src',
      mark: nowhere('connect'),
      start: (report) => {
        void fetch(nowhere('connect')).catch(() => undefined);
        // Without any policy this needs no network, and says so at once.
        void fetch('data:,').then(
          () => report('open'),
          () => undefined,
        );
        if (throwsAtOnce()) report('holds');
        return undefined;
      },
    },
    {
      wall: 'script',
      directive: 'script-src',
      mark: nowhere('script'),
      start: (report) => {
        void import(/* @vite-ignore */ ELSEWHERE).catch(() => undefined);
        void import(/* @vite-ignore */ EMPTY_MODULE).then(
          () => report('open'),
          () => {
            if (throwsAtOnce()) report('holds');
          },
        );
        return undefined;
      },
    },
    { wall: 'worker', directive: 'worker-src', mark: 'data', start: startsNone(STRAY_WORKER) },
    {
      wall: 'worker',
      directive: 'worker-src',
      mark: notAWorker,
      start: startsNone(notAWorker),
    },
  ];
}

function startsNone(url: string): Attempt['start'] {
  return (report) => {
    try {
      const worker = new Worker(url, { type: 'module' });
      worker.onmessage = () => report('open');
      worker.onerror = (event) => {
        event.preventDefault();
        report('holds');
      };
      return () => worker.terminate();
    } catch {
      report('holds');
      return undefined;
    }
  };
}

function throwsAtOnce(): boolean {
  try {
    new EventSource(nowhere('connect')).close();
    return false;
  } catch {
    return true;
  }
}
