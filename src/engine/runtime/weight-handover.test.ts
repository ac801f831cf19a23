import { expect, test } from 'vitest';
import { Failure } from '../../failure.ts';
import type { WeightData } from './tensor.ts';
import { WeightHandover } from './weight-handover.ts';

/** Reads a weight in the same way as the runtime: through the default reader of a slice. */
async function readAll(data: Blob | Uint8Array): Promise<number[]> {
  if (!(data instanceof Blob)) return [...data];
  const reader = data.slice(0, data.size).stream().getReader();
  const all: number[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return all;
    all.push(...value);
  }
}

test('a streamed weight is made when it is read, and its bytes are reported then', async () => {
  let made = 0;
  let reported = 0;
  const weight: WeightData = {
    path: 'w',
    data: { bytes: 3, make: () => Promise.resolve(Uint8Array.of(1, 2, ++made)) },
    onRead: (bytes) => (reported += bytes),
  };
  const [taken] = await new WeightHandover(undefined, true).all([weight]);
  expect([made, reported]).toEqual([0, 0]);
  expect(await readAll(taken!.data)).toEqual([1, 2, 1]);
  expect([made, reported]).toEqual([1, 3]);
});

test('a Blob is streamed in its order, and not to a buffer of the reader’s', async () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  const [taken] = await new WeightHandover(undefined, true).all([{ path: 'w', data: new Blob([bytes]) }]);
  expect(await readAll(taken!.data)).toEqual([...bytes]);
  const stream = (taken!.data as Blob).stream();
  expect(() => stream.getReader({ mode: 'byob' })).toThrow(TypeError);
});

test('a session that could not be created fails with the error of the read', async () => {
  const handover = new WeightHandover(undefined, true);
  const make = (): Promise<Uint8Array> => Promise.reject(new Failure('corrupt-shard', 'Shard 3 ends early.'));
  const [taken] = await handover.all([{ path: 'w', data: { bytes: 3, make } }]);
  const session = readAll(taken!.data).catch(() => {
    throw new Error('failed to load external data');
  });
  await expect(handover.session(session)).rejects.toMatchObject({ code: 'corrupt-shard' });
});
