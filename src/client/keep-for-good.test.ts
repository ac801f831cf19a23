import { afterEach, expect, test, vi } from 'vitest';
import type { WeightsEvent } from '../contract/weights.ts';
import { KeepForGood } from './keep-for-good.ts';

afterEach(() => vi.unstubAllGlobals());

const progress = (totalBytes: number): WeightsEvent => ({
  kind: 'progress',
  doneBytes: 0,
  totalBytes,
  resumedBytes: 0,
  bytesPerSecond: null,
  secondsLeft: null,
  activity: { kind: 'downloading' },
});

/** A browser whose user has not answered its question yet. */
function askingBrowser(): { asked: () => number; answer: (yes: boolean) => void } {
  const answers: ((yes: boolean) => void)[] = [];
  const persist = (): Promise<boolean> => new Promise((resolve) => answers.push(resolve));
  vi.stubGlobal('navigator', { storage: { persist } });
  return { asked: () => answers.length, answer: (yes) => answers.forEach((resolve) => resolve(yes)) };
}

test('a small model causes no question to the user', () => {
  const browser = askingBrowser();
  new KeepForGood().watch(() => undefined)(progress(10e6));
  expect(browser.asked()).toBe(0);
});

test('a large model causes one question, and events pass on before the user has answered', async () => {
  const browser = askingBrowser();
  const events: WeightsEvent[] = [];
  const keep = new KeepForGood();
  const hear = keep.watch((event) => events.push(event));
  hear(progress(1.5e9));
  hear(progress(1.5e9));
  keep.watch(() => undefined)(progress(3e9));
  expect(browser.asked()).toBe(1);
  expect(events.map(({ kind }) => kind)).toEqual(['progress', 'progress']);
  browser.answer(true);
  await vi.waitFor(() => expect(events.at(-1)).toEqual({ kind: 'persistence', answer: 'granted' }));
});

test('a browser without persistent storage gives the answer that it is unavailable', async () => {
  vi.stubGlobal('navigator', {});
  const events: WeightsEvent[] = [];
  new KeepForGood().watch((event) => events.push(event))(progress(1e9));
  await vi.waitFor(() => expect(events.at(-1)).toEqual({ kind: 'persistence', answer: 'unavailable' }));
});
