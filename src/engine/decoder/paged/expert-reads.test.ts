import { expect, test } from 'vitest';
import { BESIDE_A_DEVICE, BETWEEN_RUNS, ExpertReads } from './expert-reads.ts';

/** The smallest piece, passed to ExpertReads; an expert has four of them. */
const UNIT = 4;
const BYTES = 4 * UNIT;

/** A store whose reads end when the test decides, the oldest read of an expert first. */
function heldStore(pace = BESIDE_A_DEVICE) {
  const begun: string[] = [];
  const dropped: number[] = [];
  const ends: { expert: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  const reads = new ExpertReads(
    {
      bytes: [BYTES, BYTES],
      read: (_, expert, start, end) => {
        begun.push(`${expert} ${start / UNIT}-${end / UNIT}`);
        return new Promise((resolve, reject) => {
          const bytes = Uint8Array.from({ length: end - start }, (_, i) => expert + start + i);
          ends.push({ expert, resolve: () => resolve(bytes), reject });
        });
      },
      drop: (bytes) => void dropped.push(bytes[0]!),
    },
    pace,
    UNIT,
  );
  const take = (expert: number) =>
    ends.splice(
      ends.findIndex((each) => each.expert === expert),
      1,
    )[0]!;
  const end = async (...experts: number[]): Promise<void> => {
    for (const expert of experts) {
      take(expert).resolve();
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  const id = (layer: number, ...experts: number[]) => experts.map((expert) => ({ layer, expert, cost: 2 }));
  return { reads, begun, dropped, take, end, id };
}

/** An expert's bytes, as the store returns them. */
function whole(expert: number): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, i) => expert + i);
}

test('a requested expert is read whole, after the pieces of guesses that had begun', async () => {
  const { reads, begun, end, id } = heldStore();
  reads.guess(0, id(1, 10, 11));
  expect(begun).toEqual(['10 0-1', '10 1-2']);
  const wanted = reads.demand(0, 1);
  void reads.demand(0, 2);
  await end(10, 10);
  expect(begun.slice(2)).toEqual(['1 0-4', '2 0-4']);
  await end(1);
  expect(begun.slice(4)).toEqual(['10 2-3']);
  expect(await wanted).toEqual(whole(1));
});

test('if the reading thread also computes, all guesses begin before it computes, and each is read whole', async () => {
  const { reads, begun, end, id } = heldStore(BETWEEN_RUNS);
  reads.guess(0, id(1, 10, 11, 12, 13));
  expect(begun).toEqual(['10 0-4', '11 0-4', '12 0-4', '13 0-4']);
  const wanted = reads.demand(1, 12);
  await end(12);
  expect(await wanted).toEqual(whole(12));
  expect(begun).toHaveLength(4);
});

test('a right guess is handed over without another read', async () => {
  const { reads, begun, end, id } = heldStore();
  reads.guess(0, id(1, 10));
  await end(10, 10, 10, 10);
  expect(await reads.demand(1, 10)).toEqual(whole(10));
  expect(begun).toHaveLength(4);
  expect(reads.totals).toMatchObject({ guesses: 1, rightGuesses: 1, bytes: BYTES });
});

test('if a guess is requested while it is being read, only the rest is read', async () => {
  const { reads, begun, end, id } = heldStore();
  reads.guess(0, id(1, 10));
  const wanted = reads.demand(1, 10);
  await end(10);
  expect(begun).toEqual(['10 0-1', '10 1-2', '10 2-4']);
  await end(10, 10);
  expect(await wanted).toEqual(whole(10));
  expect(reads.totals).toMatchObject({ guesses: 1, rightGuesses: 1, bytes: BYTES });
});

test('the bytes of a dropped guess go back to the store, also if its read ends later', async () => {
  const { reads, dropped, end, id } = heldStore(BETWEEN_RUNS);
  reads.guess(0, id(1, 10, 11, 12));
  await end(10);
  const wanted = reads.demand(1, 12);
  reads.guess(1, []);
  expect(dropped).toEqual([]);
  await end(11, 12);
  expect(dropped).toEqual([10, 11]);
  expect(await wanted).toEqual(whole(12));
});

test('a second request for an expert reads it again', async () => {
  const { reads, begun, end, id } = heldStore();
  reads.guess(0, id(1, 10));
  await end(10, 10, 10, 10);
  void reads.demand(1, 10);
  void reads.demand(1, 10);
  expect(begun.slice(4)).toEqual(['10 0-4']);
});

test('a failed read is reported to the caller that requested it; a failed guess is not reported', async () => {
  const { reads, begun, take, end, id } = heldStore();
  reads.guess(0, id(1, 10));
  take(10).reject(new Error('damaged'));
  await end(10);
  expect(begun).toHaveLength(2);
  const wanted = reads.demand(1, 11);
  take(11).reject(new Error('gone'));
  await expect(wanted).rejects.toThrow('gone');
  await expect(reads.demand(1, 10)).rejects.toThrow('damaged');
  const again = reads.demand(1, 10);
  await end(10);
  expect(await again).toEqual(whole(10));
});
