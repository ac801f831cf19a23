// Fakes the results of the page's checks of its walls, for tests that remove the policy: the app then starts
// nevertheless, and the code under test has to hold alone.

import type { Page } from '@playwright/test';

const STOPPED: readonly [directive: string, blocked: string][] = [
  ...(
    [
      ['connect-src', 'connect'],
      ['script-src', 'script'],
      ['img-src', 'image'],
      ['media-src', 'media'],
      ['frame-src', 'frame'],
      ['form-action', 'form'],
      ['style-src', 'style'],
      ['font-src', 'font'],
      ['object-src', 'object'],
    ] as const
  ).map(([directive, name]): [string, string] => [directive, `https://${name}.darkroom-walls.invalid/`]),
  ['worker-src', 'data'],
];

export async function pretendWalls(page: Page): Promise<void> {
  await page.addInitScript((stopped) => {
    const fetch_ = window.fetch.bind(window);
    window.fetch = (input, init) =>
      input === 'data:,' ? Promise.reject(new TypeError('blocked')) : fetch_(input, init);
    const RealWorker = window.Worker;
    window.Worker = class extends RealWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        if (/^data:|not-a-worker/.test(String(url))) throw new Error('blocked');
        super(url, options);
      }
    };
    Object.defineProperty(Document.prototype, 'domain', {
      set: () => {
        throw new Error('blocked');
      },
    });
    Object.defineProperty(Document.prototype, 'baseURI', { get: () => location.href });
    // Report as soon as the page listens, because a probe that the policy would have stopped may succeed a moment
    // later.
    const listen = window.addEventListener.bind(window);
    window.addEventListener = (
      type: string,
      hear: EventListenerOrEventListenerObject,
      options?: boolean | AddEventListenerOptions,
    ) => {
      listen(type, hear, options);
      if (type !== 'securitypolicyviolation' || typeof hear !== 'function') return;
      queueMicrotask(() => {
        for (const [effectiveDirective, blockedURI] of stopped) {
          const said = { effectiveDirective, blockedURI, violatedDirective: effectiveDirective };
          const more = {
            documentURI: location.href,
            originalPolicy: '',
            statusCode: 200,
            disposition: 'enforce',
          } as const;
          hear(new SecurityPolicyViolationEvent(type, { ...said, ...more }));
        }
      });
    };
  }, STOPPED);
}
