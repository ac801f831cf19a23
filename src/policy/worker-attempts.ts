// Attempts to perform the operations that the policy must prevent in every realm, and so in every worker. WebKit
// reports no violations to workers; but if its policy blocks an EventSource, it throws at once, and it refuses to load
// even a module that needs no network.

import { nowhere, type Attempt } from './prove.ts';
import { policyFactory, type TrustScript } from './trusted-types.ts';
import type { WallState } from './walls.ts';

const EMPTY_MODULE = 'data:text/javascript,';
/**
 * The address is in a variable, because with a literal address Vite fires an event of its own when the import fails.
 */
const ELSEWHERE = `${nowhere('script')}x.js`;
/** A worker without a file. Only the policy can stop it, and it sends a message if it starts. */
const STRAY_WORKER = 'data:text/javascript,postMessage("started")';

/** Addresses of programs that Trusted Types must let through in the trial, so that they do not hide the other walls. */
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
        // Without any policy this request succeeds at once, because it needs no network.
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

/**
 * Whether a worker can be started with a plain string. Without Trusted Types, this fails, too, but later or in another
 * way.
 */
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
