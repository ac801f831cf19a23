import { expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { AnsweringModel } from './answering-model.ts';
import type { Loaded } from './load-model.ts';

/** A loaded model that only has a name and records its release. */
class Named implements Loaded {
  readonly engine: Engine;
  readonly facts: Loaded['facts'];
  isReleased = false;

  constructor(name: string) {
    this.engine = { name } as unknown as Engine;
    this.facts = { id: name } as Loaded['facts'];
  }

  dispose(): Promise<void> {
    this.isReleased = true;
    return Promise.resolve();
  }
}

const nameOf = (engine: Engine): string => (engine as unknown as { name: string }).name;
const done = (id: string) => ({ kind: 'done', value: { id } });
const soon = (): Promise<void> => new Promise((later) => setTimeout(later));

/** A load that ends when the test decides. */
function held(model: Named) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { end, load: () => ended.then(() => model) };
}

async function loaded() {
  const answering = new AnsweringModel();
  const processor = new Named('processor');
  await answering.load('1', () => Promise.resolve(processor));
  const ask = (id: string) => answering.use(id, (engine) => Promise.resolve(nameOf(engine)));
  return { answering, processor, ask };
}

test('the model keeps answering while another one loads behind it, until that one takes over', async () => {
  const { answering, processor, ask } = await loaded();
  const gpu = held(new Named('gpu'));
  const behind = answering.loadBehind('2', gpu.load);
  expect(await ask('3')).toEqual({ kind: 'done', value: 'processor' });
  gpu.end();
  expect(await behind).toEqual(done('gpu'));
  expect(await ask('4')).toEqual({ kind: 'done', value: 'processor' });
  expect(processor.isReleased).toBe(false);
  expect(await answering.takeOver('5')).toEqual(done('gpu'));
  expect(processor.isReleased).toBe(true);
  expect(await ask('6')).toEqual({ kind: 'done', value: 'gpu' });
});

test('an answer that is being written ends on the model that began it', async () => {
  const { answering, processor, ask } = await loaded();
  await answering.loadBehind('2', () => Promise.resolve(new Named('gpu')));
  let end: (text: string) => void = () => undefined;
  const answer = answering.use('3', () => new Promise<string>((resolve) => (end = resolve)));
  const taken = answering.takeOver('4');
  await soon();
  expect(processor.isReleased).toBe(false);
  end('done');
  await Promise.all([answer, taken]);
  expect(await ask('5')).toEqual({ kind: 'done', value: 'gpu' });
});

test('a stopped load behind releases what it loaded, and there is nothing to take over', async () => {
  const { answering, ask } = await loaded();
  const next = new Named('gpu');
  const gpu = held(next);
  const behind = answering.loadBehind('2', gpu.load);
  await soon();
  answering.cancel('2');
  // The stopped load does not hold up the question.
  expect(await ask('3')).toEqual({ kind: 'done', value: 'processor' });
  gpu.end();
  expect(await behind).toEqual({ kind: 'stopped' });
  expect(next.isReleased).toBe(true);
  expect(await answering.takeOver('4')).toMatchObject({ kind: 'failed', failure: { code: 'bad-request' } });
  expect(await ask('5')).toEqual({ kind: 'done', value: 'processor' });
});

test('a load ends the load behind, and releases the model that was loaded behind', async () => {
  const { answering, ask } = await loaded();
  const waiting = new Named('waiting');
  await answering.loadBehind('2', () => Promise.resolve(waiting));
  const late = new Named('late');
  const gpu = held(late);
  const behind = answering.loadBehind('3', gpu.load);
  const other = answering.load('4', () => Promise.resolve(new Named('other')));
  await soon();
  expect(waiting.isReleased).toBe(true);
  gpu.end();
  expect(await other).toEqual(done('other'));
  expect(await behind).toEqual({ kind: 'stopped' });
  expect(late.isReleased).toBe(true);
  expect(await ask('5')).toEqual({ kind: 'done', value: 'other' });
});

test('if the load behind fails, the model keeps answering', async () => {
  const { answering, ask } = await loaded();
  const failed = await answering.loadBehind('2', () => Promise.reject(new Error('no adapter')));
  expect(failed.kind).toBe('failed');
  expect(await ask('3')).toEqual({ kind: 'done', value: 'processor' });
});
