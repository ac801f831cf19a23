import { expect, test } from 'vitest';
import { ExpertReads } from './expert-reads.ts';

/** A store whose reads end when the test says so. */
function heldStore() {
  const begun: number[] = [];
  const ends = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();
  const reads = new ExpertReads((_, expert) => {
    begun.push(expert);
    return new Promise((resolve, reject) => ends.set(expert, { resolve, reject }));
  });
  const end = async (expert: number): Promise<void> => {
    ends.get(expert)!.resolve(Uint8Array.of(expert));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { reads, begun, ends, end };
}

test('what is wanted is read before what is guessed, in order', async () => {
  const { reads, begun, end } = heldStore();
  reads.guess(1, [10, 11, 12]);
  expect(begun).toEqual([10, 11]); // two at a time
  void reads.demand(0, 1);
  void reads.demand(0, 2);
  await end(10);
  await end(11);
  expect(begun).toEqual([10, 11, 1, 2]);
  await end(1);
  expect(begun).toEqual([10, 11, 1, 2, 12]);
});

test('a right guess is handed over without another read', async () => {
  const { reads, begun, end } = heldStore();
  reads.guess(1, [10]);
  await end(10);
  expect(await reads.demand(1, 10)).toEqual(Uint8Array.of(10));
  expect(begun).toEqual([10]);
  expect(reads.totals).toMatchObject({ guesses: 1, rightGuesses: 1, bytes: 1 });
});

test('a wrong guess that has not begun is never read', async () => {
  const { reads, begun, end } = heldStore();
  reads.guess(1, [10, 11, 12, 13]);
  reads.guess(2, [20]);
  await end(10);
  await end(11);
  expect(begun).toEqual([10, 11, 20]);
});

test('a guess that is wanted while it waits goes in front', async () => {
  const { reads, begun, end } = heldStore();
  reads.guess(1, [10, 11, 12, 13]);
  const wanted = reads.demand(1, 13);
  await end(10);
  expect(begun).toEqual([10, 11, 13]);
  await end(13);
  expect(await wanted).toEqual(Uint8Array.of(13));
});

test('a read that fails tells whoever wanted it; a failed guess tells nobody', async () => {
  const { reads, ends, end } = heldStore();
  reads.guess(1, [10]);
  ends.get(10)!.reject(new Error('damaged'));
  const wanted = reads.demand(1, 11);
  ends.get(11)!.reject(new Error('gone'));
  await expect(wanted).rejects.toThrow('gone');
  void reads.demand(1, 12);
  await end(12);
});
