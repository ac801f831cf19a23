import { expect, test } from 'vitest';
import { isCall } from './checked-port.ts';

const NAMES = new Set(['list', 'download']);

test('calls of the API’s own functions pass', () => {
  expect(isCall({ id: '1', type: 'APPLY', path: ['list'], argumentList: [] }, NAMES)).toBe(true);
  expect(isCall({ id: '1', type: 'RELEASE', path: [] }, NAMES)).toBe(true);
});

test.each([
  ['the Function behind a function', { type: 'APPLY', path: ['list', 'constructor'], argumentList: [] }],
  ['a function of every object', { type: 'APPLY', path: ['constructor'], argumentList: [] }],
  ['a prototype', { type: 'GET', path: ['__proto__'] }],
  ['a property', { type: 'GET', path: ['list'] }],
  ['writing one', { type: 'SET', path: ['list'], value: { type: 'RAW', value: 1 } }],
  ['constructing', { type: 'CONSTRUCT', path: ['list'], argumentList: [] }],
  ['a port of its own', { type: 'ENDPOINT', path: [] }],
  ['the API itself', { type: 'APPLY', path: [], argumentList: [] }],
  ['a name that is no text', { type: 'APPLY', path: [['list']], argumentList: [] }],
  ['no list of arguments', { type: 'APPLY', path: ['list'], argumentList: 'x' }],
  ['too many arguments', { type: 'APPLY', path: ['list'], argumentList: Array(9).fill(0) }],
  ['no message', null],
  ['text', 'list'],
])('%s does not pass', (_, message) => {
  expect(isCall(message, NAMES)).toBe(false);
});
