// What a worker must not be able to do; what every realm must not. WebKit reports nothing to workers, but throws at
// once where its policy stops a source of events, and refuses even a module that needs no network.

import { nowhere, type Attempt } from './prove.ts';
import { policyFactory, type TrustScript } from './trusted-types.ts';
import type { WallState } from './walls.ts';

const EMPTY_MODULE = 'data:text/javascript,';
/** In a variable: Vite makes an event of a failure to import what stands in the call itself. */
const ELSEWHERE = `${nowhere('script')}x.js`;
/** A worker of no file. Nothing but the policy can stop it, and it says so if it starts. */
const STRAY_WORKER = 'data:text/javascript,postMessage("started")';

/** The addresses of programs that the trial must be allowed to name, so that Trusted Types do not hide the other walls. */
export function trialScripts(notAWorker: string): string[] {
  return [STRAY_WORKER, notAWorker];
}

/** `notAWorker`: the address of public/not-a-worker.js. */
export function workerAttempts(notAWorker: string, trust: TrustScript): Attempt[] {
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
    { wall: 'worker', directive: 'worker-src', mark: 'data', start: startsNone(trust(STRAY_WORKER)) },
    {
      wall: 'worker',
      directive: 'worker-src',
      mark: notAWorker,
      start: startsNone(trust(notAWorker)),
    },
    {
      wall: 'text',
      start: (report) => {
        report(takesStringAsProgram());
        return undefined;
      },
    },
  ];
}

/** Whether a worker may be started by a string. Without Trusted Types this fails too, but later or in another way. */
function takesStringAsProgram(): WallState {
  if (policyFactory() === undefined) return 'absent';
  try {
    new Worker(nowhere('text')).terminate();
    return 'open';
  } catch (error) {
    return error instanceof TypeError ? 'holds' : 'open';
  }
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
