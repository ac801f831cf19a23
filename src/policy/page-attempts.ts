// Attempts to perform the operations that the policy must prevent on the page. Every element that an attempt adds to
// the document is removed again.

import { nowhere, type Attempt } from './prove.ts';
import { policyFactory, type TrustScript } from './trusted-types.ts';
import type { WallState } from './walls.ts';
import { workerAttempts } from './worker-attempts.ts';

/** The address of the attempt with a plug-in. Some browsers report plug-ins as scripts. */
export const STRAY_PLUGIN = nowhere('object');

/** `notAWorker`: the address of public/not-a-worker.js. */
export function pageAttempts(notAWorker: string, trust: TrustScript): Attempt[] {
  return [
    ...workerAttempts(notAWorker, trust),
    known('text', takesStringAsMarkup),
    asked('image', 'img-src', (url) => {
      new Image().src = url;
    }),
    asked('media', 'media-src', (url) => {
      document.createElement('audio').src = url;
    }),
    asked('frame', 'frame-src', (url) => shown(hiddenFrame({ src: url }))),
    asked('form', 'form-action', (url) => {
      const name = 'darkroom-nowhere';
      const remove = [shown(hiddenFrame({ name }))];
      const form = Object.assign(document.createElement('form'), {
        action: url,
        method: 'post',
        target: name,
      });
      remove.push(shown(form));
      try {
        form.submit();
      } catch {
        // Firefox throws if the policy blocks the element; the violation event follows.
      }
      return () => remove.forEach((each) => each());
    }),
    asked('style', 'style-src', (url) =>
      shown(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url })),
    ),
    asked('font', 'font-src', (url) => {
      void new FontFace('darkroom-nowhere', `url(${url})`).load().catch(() => undefined);
    }),
    asked('object', 'object-src', (url) =>
      shown(Object.assign(document.createElement('object'), { data: trust(url) })),
    ),
    known('base', () => {
      const remove = shown(Object.assign(document.createElement('base'), { href: nowhere('base') }));
      const isMoved = document.baseURI.startsWith(nowhere('base'));
      remove();
      return isMoved ? 'open' : 'holds';
    }),
    // A sandbox forbids setting document.domain. All other effects of a sandbox can be tried only with a user's click.
    known('sandbox', () => {
      try {
        // eslint-disable-next-line @typescript-eslint/no-deprecated, no-self-assign
        document.domain = document.domain;
        return 'open';
      } catch {
        return 'holds';
      }
    }),
    known('embed', () => (window.top === window ? 'holds' : 'open')),
  ];
}

type Tidy = () => void;

function asked(wall: Attempt['wall'], directive: string, ask: (url: string) => unknown): Attempt {
  const mark = nowhere(wall).replace(/\/$/, '');
  const start = (): Tidy | undefined => {
    const tidy = ask(nowhere(wall));
    return typeof tidy === 'function' ? (tidy as Tidy) : undefined;
  };
  return { wall, directive, mark, start };
}

/** Whether an element outside the document parses a string as markup. */
function takesStringAsMarkup(): WallState {
  if (policyFactory() === undefined) return 'absent';
  try {
    // The browser's report contains the beginning of the string, by which the violation is recognised as part of the
    // trial.
    document.createElement('template').innerHTML = `<!--${nowhere('text')}-->`;
    return 'open';
  } catch {
    return 'holds';
  }
}

function known(wall: Attempt['wall'], look: () => WallState): Attempt {
  return {
    wall,
    start: (report) => {
      report(look());
      return undefined;
    },
  };
}

function hiddenFrame(attributes: Partial<HTMLIFrameElement>): HTMLIFrameElement {
  return Object.assign(document.createElement('iframe'), { hidden: true, ...attributes });
}

/** Adds an element to the document; returns the function that removes it. */
function shown(element: HTMLElement): Tidy {
  document.documentElement.append(element);
  return () => element.remove();
}
