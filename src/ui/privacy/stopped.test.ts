import { expect, test } from 'vitest';
import { isTrialViolation } from '../../policy/prove.ts';
import { addViolation, MOST_ENTRIES, parseViolation, realmOf, wallOf, type StoppedList } from './stopped.ts';

const HERE = 'https://app.example.org/room/';
const EMPTY: StoppedList = { entries: [], others: 0 };
const stopped = (directive: string, blocked: string, at = 0) => ({ directive, blocked, at });

test('the list counts violations by realm, directive and origin, the most recent first', () => {
  let list = addViolation(EMPTY, 'page', stopped('connect-src', 'https://a.example/secret?1', 1), HERE);
  list = addViolation(list, 'page', stopped('img-src', 'https://b.example/x.png', 2), HERE);
  list = addViolation(list, 'media', stopped('connect-src', 'https://a.example/', 3), HERE);
  list = addViolation(list, 'page', stopped('connect-src', 'https://a.example/other', 4), HERE);
  expect(list).toEqual({
    entries: [
      { realm: 'page', directive: 'connect-src', blocked: 'https://a.example', count: 2, at: 4 },
      { realm: 'media', directive: 'connect-src', blocked: 'https://a.example', count: 1, at: 3 },
      { realm: 'page', directive: 'img-src', blocked: 'https://b.example', count: 1, at: 2 },
    ],
    others: 0,
  });
});

test('the list names this site, and sources without an address, as such', () => {
  const named = (blocked: string) =>
    addViolation(EMPTY, 'page', stopped('script-src-elem', blocked), HERE).entries[0]?.blocked;
  expect(named(`${HERE}x.js`)).toBeNull();
  expect(named('inline')).toBe('inline');
  expect(named('wss://a.example/socket')).toBe('wss://a.example');
});

test('the list shortens a stranger’s text, and writes out characters that reverse the writing direction', () => {
  const { entries } = addViolation(EMPTY, 'page', stopped('x'.repeat(500), 'odd\u202E:'), HERE);
  expect(entries[0]).toMatchObject({ directive: `${'x'.repeat(100)}…`, blocked: 'odd[U+202E]:' });
});

test('the list keeps the most recent entries, and counts the others', () => {
  let list = EMPTY;
  for (let index = 0; index < MOST_ENTRIES + 3; index++) {
    list = addViolation(list, 'page', stopped('img-src', `https://h${index}.example/`), HERE);
  }
  expect(list.entries).toHaveLength(MOST_ENTRIES);
  expect(list.entries[0]?.blocked).toBe(`https://h${MOST_ENTRIES + 2}.example`);
  expect(list.others).toBe(3);
});

test('the parser accepts a worker’s message in its defined form only', () => {
  const violation = stopped('img-src', 'inline', 5);
  expect(parseViolation({ violation })).toEqual(violation);
  for (const other of [
    null,
    'x',
    { requests: [] },
    { violation: null },
    { violation: { ...violation, at: NaN } },
    { violation: { ...violation, blocked: 7 } },
  ]) {
    expect(parseViolation(other)).toBeUndefined();
  }
});

test('only the weights worker can report for the hash worker', () => {
  expect(realmOf({ realm: 'hash' }, 'weights')).toBe('hash');
  expect(realmOf({ realm: 'hash' }, 'media')).toBe('media');
  expect(realmOf({ realm: 'page' }, 'weights')).toBe('weights');
  expect(realmOf(null, 'weights')).toBe('weights');
});

test('each directive belongs to its wall', () => {
  expect(['connect-src', 'img-src', 'script-src-elem', 'manifest-src'].map(wallOf)).toEqual([
    'connect',
    'image',
    'script',
    'object',
  ]);
});

test('the list leaves out the walls’ own trial, but no similar violation after the trial', () => {
  const is = (effectiveDirective: string, blockedURI: string, isTrying: boolean): boolean =>
    isTrialViolation({ effectiveDirective, blockedURI, sample: '' }, isTrying);
  for (const isTrying of [true, false]) {
    expect(is('img-src', 'https://image.darkroom-walls.invalid/', isTrying)).toBe(true);
    expect(is('worker-src', 'https://app.example.org/not-a-worker.js', isTrying)).toBe(true);
    expect(is('base-uri', '', isTrying)).toBe(true);
    expect(is('base-uri', 'https://a.example/', isTrying)).toBe(false);
    expect(is('img-src', 'https://a.example/', isTrying)).toBe(false);
    expect(is('script-src-elem', 'inline', isTrying)).toBe(false);
  }
  for (const [directive, blocked] of [
    ['connect-src', 'data'],
    ['worker-src', 'data'],
  ] as const) {
    expect(is(directive, blocked, true)).toBe(true);
    expect(is(directive, blocked, false)).toBe(false);
  }
});

test('the list recognises the trial of Trusted Types by the string that was tried', () => {
  const is = (sample: string): boolean =>
    isTrialViolation(
      { effectiveDirective: 'require-trusted-types-for', blockedURI: 'trusted-types-sink', sample },
      true,
    );
  // Chromium reports the first 40 letters of the string.
  expect(is('Element innerHTML|<!--https://text.darkroom-walls.invalid/-')).toBe(true);
  expect(is('Worker constructor|https://text.darkroom-walls.invalid/')).toBe(true);
  expect(is('Element innerHTML|<img src=x>')).toBe(false);
});
