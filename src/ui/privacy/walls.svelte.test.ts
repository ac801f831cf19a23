import { expect, test } from 'vitest';
import { GuardedMedia } from '../../client/guarded-media.ts';
import type { InferenceWalls } from '../../contract/inference.ts';
import type { OpenedMedia } from '../../contract/media.ts';
import type { Outcome } from '../../failure.ts';
import type { WallReport } from '../../policy/walls.ts';
import { Walls, type Provers, type Realm } from './walls.svelte.ts';

const HELD: WallReport = { walls: { connect: 'holds', worker: 'holds' }, tookMs: 1 };
const OPEN: WallReport = { walls: { connect: 'holds', worker: 'open' }, tookMs: 1 };
const done = <T>(value: T): Outcome<T> => ({ kind: 'done', value });
const lost: Outcome<never> = { kind: 'failed', failure: { code: 'not-loaded', message: 'why' } };

function provers(open: Realm | null): Provers {
  const report = (realm: Realm): WallReport => (realm === open ? OPEN : HELD);
  return {
    media: () => Promise.resolve(done(report('media'))),
    inference: () => Promise.resolve(done({ inference: report('inference'), kernel: report('kernel') })),
    weights: () => Promise.resolve(done({ weights: report('weights'), hash: report('hash') })),
  };
}

test('the page takes pictures if all walls hold; locks that not every browser has may be missing', async () => {
  const page: WallReport = { walls: { ...HELD.walls, allowlist: 'absent' }, tookMs: 1 };
  const walls = new Walls(page, provers(null));
  expect(walls.areKnown).toBe(false);
  expect(await walls.mayTake()).toEqual(done(null));
  expect([walls.areKnown, walls.isOpen]).toEqual([true, false]);
});

test.each(['page', 'media', 'inference', 'kernel', 'weights', 'hash'] as const)(
  'the page takes no picture if a wall of the %s realm is open',
  async (realm) => {
    const walls = new Walls(realm === 'page' ? OPEN : HELD, provers(realm));
    const may = await walls.mayTake();
    expect(may).toMatchObject({ kind: 'failed', failure: { code: 'unprotected' } });
    expect(JSON.stringify(may)).toContain(realm);
    expect(walls.isOpen).toBe(true);
  },
);

test('a picture waits for the realms that see pictures, and the page asks a worker again if it could not report', async () => {
  let answer: (outcome: Outcome<InferenceWalls>) => void = () => undefined;
  const walls = new Walls(HELD, {
    ...provers(null),
    inference: () => new Promise((resolve) => (answer = resolve)),
  });
  let opened = 0;
  const media = new GuardedMedia(
    {
      open: () => {
        opened++;
        return Promise.resolve(lost as Outcome<OpenedMedia>);
      },
      crop: () => Promise.resolve(lost),
    },
    () => walls.mayTake(),
  );
  const never = new AbortController().signal;
  const first = media.open(new Blob(), never);
  await new Promise((later) => setTimeout(later));
  expect(opened).toBe(0);
  answer(lost);
  expect(await first).toEqual(lost);
  expect(opened).toBe(0);
  const second = media.open(new Blob(), never);
  await new Promise((later) => setTimeout(later));
  answer(done({ inference: HELD, kernel: HELD }));
  await second;
  expect(opened).toBe(1);
});

test('the page does not wait for a silent worker for ever, and a later report of it counts', async () => {
  let answer: (outcome: Outcome<WallReport>) => void = () => undefined;
  const walls = new Walls(
    HELD,
    { ...provers(null), media: () => new Promise((resolve) => (answer = resolve)) },
    20,
  );
  expect(await walls.mayTake()).toMatchObject({ kind: 'failed', failure: { code: 'no-answer' } });
  expect(walls.states.media).toMatchObject({ kind: 'failed' });
  expect(walls.states.inference).toMatchObject({ kind: 'tried' });
  // The next call asks the worker again.
  const second = walls.mayTake();
  answer(done(HELD));
  expect(await second).toEqual(done(null));
});
