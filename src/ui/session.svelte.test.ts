// The session against a scripted client: which phase follows which. What the model says is tested
// elsewhere, with the model.

import { expect, test } from 'vitest';
import type { Answer, AnswerEvent } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { LoadedModel } from '../contract/inference.ts';
import type { KeptModel, ModelRequest } from '../contract/weights.ts';
import type { FailureCode, Outcome } from '../failure.ts';
import { Session, type ModelChoice } from './session.svelte.ts';

const choice: ModelChoice = { packageUrl: 'http://localhost/packages/a/', backend: 'wasm' };
const question = { text: 'What is this?', photos: [], maxTokens: 8 };
const model: LoadedModel = {
  id: choice.packageUrl,
  architecture: 'qwen3_vl',
  preset: 'exact',
  backend: 'wasm',
  precision: 'f32',
  bytes: 1,
  contextTokens: 1024,
  thinks: false,
  experts: null,
};
const timings = { decodingMs: 0, visionMs: 0, prefillMs: 0, answeringMs: 100 };
const answer: Answer = {
  text: 'A cat.',
  tokens: 3,
  promptTokens: 9,
  cachedTokens: 0,
  reason: 'eos',
  timings,
};

/** Answers loads at once and hands each question to the test. */
class ScriptedClient {
  loads: string[] = [];
  asked: Message[][] = [];
  tell: (event: AnswerEvent) => void = () => undefined;
  settle: (outcome: Outcome<Answer>) => void = () => undefined;
  loading: Outcome<LoadedModel> = { kind: 'done', value: model };

  load(packageUrl: string): Promise<Outcome<LoadedModel>> {
    this.loads.push(packageUrl);
    return Promise.resolve(this.loading);
  }

  answer(messages: Message[], _: unknown, onEvent: (event: AnswerEvent) => void): Promise<Outcome<Answer>> {
    this.asked.push(messages);
    this.tell = onEvent;
    return new Promise((resolve) => (this.settle = resolve));
  }
}

/** Every model is already in storage. */
const kept = {
  download: (request: ModelRequest): Promise<Outcome<KeptModel>> =>
    Promise.resolve({
      kind: 'done',
      value: { ...request, state: 'ready', keptBytes: 1, totalBytes: 1, preset: 'exact' },
    }),
};

async function asking(): Promise<{ client: ScriptedClient; session: Session; done: Promise<void> }> {
  const client = new ScriptedClient();
  const session = new Session(client, kept);
  const done = session.ask(choice, question);
  await reached(client, 1);
  return { client, session, done };
}

/** Until `questions` questions have reached the client. */
async function reached(client: ScriptedClient, questions: number): Promise<void> {
  while (client.asked.length < questions) await new Promise((later) => setTimeout(later));
}

const failed = (code: FailureCode): Outcome<never> => ({ kind: 'failed', failure: { code, message: 'why' } });

test('text grows as it is told and ends as the answer says', async () => {
  const { client, session, done } = await asking();
  client.tell({ kind: 'stage', stage: 'prefill', done: 4, total: 9 });
  expect(session.phase).toMatchObject({ kind: 'answering', stage: 'prefill', done: 4, total: 9 });
  client.tell({ kind: 'text', text: 'A ' });
  client.tell({ kind: 'text', text: 'ca' });
  expect(session.text).toBe('A ca');
  client.settle({ kind: 'done', value: answer });
  await done;
  expect(session.text).toBe('A cat.');
  expect(session.phase).toEqual({ kind: 'answered', answer });
});

test('an event that comes after the outcome changes nothing', async () => {
  const { client, session, done } = await asking();
  client.settle({ kind: 'done', value: answer });
  await done;
  client.tell({ kind: 'text', text: ' Late.' });
  client.tell({ kind: 'stage', stage: 'answering', done: 1, total: 8 });
  expect(session.text).toBe('A cat.');
  expect(session.phase.kind).toBe('answered');
});

test('a stop keeps what was written and ends as stopped', async () => {
  const { client, session, done } = await asking();
  client.tell({ kind: 'text', text: 'A ' });
  session.stop();
  expect(session.phase.kind).toBe('stopping');
  client.settle({ kind: 'stopped' });
  await done;
  expect(session.phase.kind).toBe('stopped');
  expect(session.text).toBe('A ');
});

test('the same model is loaded once, another choice loads again', async () => {
  const { client, session, done } = await asking();
  client.settle({ kind: 'done', value: answer });
  await done;
  const again = session.ask(choice, question);
  await reached(client, 2);
  client.settle({ kind: 'done', value: answer });
  await again;
  expect(client.loads).toHaveLength(1);
  void session.ask({ ...choice, backend: 'webgpu' }, question);
  await reached(client, 3);
  expect(client.loads).toHaveLength(2);
});

test('a model is loaded again after a failure that may have broken it, and only then', async () => {
  const { client, session, done } = await asking();
  client.settle(failed('bad-photo'));
  await done;
  expect(session.phase).toEqual({ kind: 'failed', failure: { code: 'bad-photo', message: 'why' } });
  const second = session.ask(choice, question);
  await reached(client, 2);
  client.settle(failed('worker-died'));
  await second;
  expect(client.loads).toHaveLength(1);
  void session.ask(choice, question);
  await reached(client, 3);
  expect(client.loads).toHaveLength(2);
});

test('a package that cannot be loaded is asked nothing', async () => {
  const client = new ScriptedClient();
  client.loading = failed('corrupt-shard');
  const session = new Session(client, kept);
  await session.ask(choice, question);
  expect(session.phase).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
  expect(client.asked).toHaveLength(0);
});
