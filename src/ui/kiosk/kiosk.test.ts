import { expect, test } from 'vitest';
import type { Remembered } from '../kit/remembered.ts';
import { add, quantile, type Distribution } from './distribution.ts';
import { parse } from './kiosk-settings.ts';
import { hashPin, PinLock } from './pin.ts';
import { nextAt, Watchdog, type Watched } from './watchdog.ts';

class Memory implements Remembered {
  readonly held = new Map<string, string>();
  get(name: string): string | null {
    return this.held.get(name) ?? null;
  }
  set(name: string, value: string | null): void {
    if (value === null) this.held.delete(name);
    else this.held.set(name, value);
  }
}

test('settings that make no sense get their defaults', () => {
  expect(parse({ idleSeconds: 30, graceSeconds: 5, reloadHour: null, pin: 7 })).toMatchObject({
    idleSeconds: 30,
    graceSeconds: 20,
    reloadHour: null,
    pin: null,
  });
  expect(parse('yes')).toEqual(parse({}));
});

test('the median and the slowest values are exact to a few percent', () => {
  let values: Distribution = {};
  for (let value = 1; value <= 1000; value++) values = add(values, value);
  expect(Math.abs((quantile(values, 0.5) ?? 0) / 500 - 1)).toBeLessThan(0.03);
  expect(Math.abs((quantile(values, 0.99) ?? 0) / 990 - 1)).toBeLessThan(0.03);
  expect(quantile({}, 0.5)).toBeNull();
  expect(add(values, NaN)).toBe(values);
});

test('the operator sets a PIN once; it opens the lock, which refuses all tries for a while after many wrong ones', async () => {
  let now = 0;
  const memory = new Memory();
  const lock = new PinLock(memory, null, () => now);
  expect(lock.isUnset).toBe(true);
  expect(await lock.opens('1234')).toBe(false);
  await lock.set('4711');
  await lock.set('1234');
  expect(await lock.opens('4711')).toBe(true);
  expect([...memory.held.values()].join()).not.toContain('4711');
  for (let time = 0; time < 5; time++) expect(await lock.opens('1234')).toBe(false);
  expect(lock.waitSeconds).toBe(60);
  expect(await lock.opens('4711')).toBe(false);
  now = 60_000;
  expect(await lock.opens('4711')).toBe(true);
});

test('the lock counts each try before it judges it: for simultaneous tries, and across a reload', async () => {
  const memory = new Memory();
  const lock = new PinLock(memory, null, () => 0);
  await lock.set('4711');
  // Forty tries at once, the right PIN among them: the fifth try closes the lock.
  const pins = Array.from({ length: 40 }, (_, index) => (index === 30 ? '4711' : `${1000 + index}`));
  expect(await Promise.all(pins.map((pin) => lock.opens(pin)))).not.toContain(true);
  expect(lock.waitSeconds).toBe(60);
  // A reload makes another lock that reads the same storage.
  expect(new PinLock(memory, null, () => 0).waitSeconds).toBe(60);
  const other = new Memory();
  await new PinLock(other, null, () => 0).set('4711');
  for (let reload = 0; reload < 5; reload++) {
    // The page is reloaded before the try is judged.
    void new PinLock(other, null, () => 0).opens('1234');
    await Promise.resolve();
  }
  expect(new PinLock(other, null, () => 0).waitSeconds).toBe(60);
  // A clock that was set back does not lock the operator out for longer.
  expect(new PinLock(other, null, () => -1e12).waitSeconds).toBe(60);
});

test('the catalogue’s PIN cannot be replaced on the device', async () => {
  const lock = new PinLock(new Memory(), await hashPin('2468'));
  await lock.set('1111');
  expect(await lock.opens('1111')).toBe(false);
  expect(await lock.opens('2468')).toBe(true);
});

test('the page reloads when it hangs, and otherwise only when no visitor is there', () => {
  const began = new Date(2026, 0, 1, 12).getTime();
  let now = began;
  const seen: Watched = { isWorking: true, isWaiting: false, hasFailed: false };
  const restarts: string[] = [];
  const dog = new Watchdog({
    settings: { stuckSeconds: 100, reloadHour: 4 },
    look: () => seen,
    restart: (why) => restarts.push(why),
    now: () => now,
  });
  now += 99_000;
  dog.tick();
  dog.alive();
  now += 99_000;
  dog.error();
  dog.tick();
  expect(restarts).toEqual([]);
  now += 2000;
  dog.tick();
  expect(restarts).toEqual(['stuck']);
  Object.assign(seen, { isWorking: false, isWaiting: true });
  dog.tick();
  expect(restarts).toEqual(['stuck', 'error']);
});

test('the daily reload is due at the next such hour, today or tomorrow', () => {
  const noon = new Date(2026, 4, 5, 12).getTime();
  expect(new Date(nextAt(4, noon)).getDate()).toBe(6);
  expect(nextAt(14, noon) - noon).toBe(2 * 3600_000);
});
