import { expect, test } from 'vitest';
import { Arena } from './arena.ts';

const open = (): { arena: Arena; memory: WebAssembly.Memory } => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  return { arena: new Arena(memory, 100), memory };
};

test('ranges do not overlap, and the memory grows for them', () => {
  const { arena, memory } = open();
  expect(arena.allocate(1)).toBe(128);
  expect(arena.allocate(65)).toBe(192);
  expect(arena.allocate(100_000)).toBe(320);
  expect(memory.buffer.byteLength).toBe(2 * 65536);
});

test('freed neighbours become one range, which is used again', () => {
  const { arena } = open();
  const [a, b, c] = [64, 128, 64].map((bytes) => arena.allocate(bytes));
  arena.allocate(64);
  arena.free(a!, 64);
  arena.free(c!, 64);
  arena.free(b!, 128);
  expect(arena.allocate(256)).toBe(a);
});

test('memory freed at the end serves a larger range', () => {
  const { arena } = open();
  const a = arena.allocate(64);
  const b = arena.allocate(64);
  arena.free(a, 64);
  arena.free(b, 64);
  expect(arena.allocate(1000)).toBe(a);
});

test('a range that does not fit is refused, and the arena stays as it was', () => {
  const { arena } = open();
  expect(() => arena.allocate(5 * 65536)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
  expect(arena.allocate(64)).toBe(128);
});
