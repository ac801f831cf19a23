import { expect, test } from 'vitest';
import type { WeightsEvent } from '../../contract/weights.ts';
import { PACE, waitMs } from './pace.ts';
import { Progress } from './progress.ts';

function setUp(totalBytes: number, resumedBytes = 0) {
  const seen: Extract<WeightsEvent, { kind: 'progress' }>[] = [];
  const clock = { now: 0 };
  const emit = (event: WeightsEvent): void => {
    if (event.kind === 'progress') seen.push(event);
  };
  const start = { totalBytes, resumedBytes, activity: { kind: 'downloading' } } as const;
  const progress = new Progress(emit, start, () => clock.now);
  return { seen, clock, progress };
}

test('the rate and the time left depend only on the bytes of this run', () => {
  const { seen, clock, progress } = setUp(10_000, 4000);
  expect(seen).toMatchObject([
    { doneBytes: 4000, resumedBytes: 4000, bytesPerSecond: null, secondsLeft: null },
  ]);
  clock.now = 2000;
  progress.add(2000);
  expect(seen.at(-1)).toMatchObject({ doneBytes: 6000, bytesPerSecond: 1000, secondsLeft: 4 });
});

test('the bytes of an earlier run count as progress but not for the rate', () => {
  const { seen, clock, progress } = setUp(10_000);
  clock.now = 2000;
  progress.resume(5000);
  expect(seen.at(-1)).toMatchObject({ doneBytes: 5000, resumedBytes: 5000, bytesPerSecond: null });
});

test('progress is reported at most ten times a second, and at the end', () => {
  const { seen, clock, progress } = setUp(1000);
  for (let i = 0; i < 1000; i++) {
    clock.now++;
    progress.add(1);
  }
  expect(seen.length).toBeLessThanOrEqual(12);
  expect(seen.at(-1)).toMatchObject({ doneBytes: 1000, secondsLeft: 0 });
});

test('the activity is verifying once the last of several transfers has ended', () => {
  const { seen, progress } = setUp(1000);
  const kinds = (): string[] => seen.map((event) => event.activity.kind);
  progress.begin({ kind: 'downloading' });
  progress.begin({ kind: 'downloading' });
  progress.end({ kind: 'verifying' });
  expect(kinds()).toEqual(['downloading']);
  progress.end({ kind: 'verifying' });
  expect(kinds()).toEqual(['downloading', 'verifying']);
  progress.begin({ kind: 'downloading' });
  expect(kinds().at(-1)).toBe('downloading');
});

test('waits double, are random, and have a limit', () => {
  const waits = [1, 2, 3, 20].map((attempt) => waitMs(PACE, attempt, () => 1));
  expect(waits).toEqual([500, 1000, 2000, 30_000]);
  expect(waitMs(PACE, 1, () => 0)).toBe(250);
});
