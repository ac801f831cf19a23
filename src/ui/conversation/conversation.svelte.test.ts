// Tests `Conversation` with a scripted client: the order of the phases, and that nothing is lost. Other tests cover the
// answers of a model.

import { DrawQueue } from '../answer/draw-queue.ts';
import { expect, test, vi } from 'vitest';
import type { Answer, AnswerEvent, AnswerOptions } from '../../contract/answer.ts';
import type { Message } from '../../contract/conversation.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import type { FailureCode, FailureInfo, Outcome } from '../../failure.ts';
import { earlyEnd } from './early-end.ts';
import { Conversation, type SavedConversation } from './conversation.svelte.ts';

const model: LoadedModel = {
  id: 'a',
  architecture: 'qwen3_vl',
  preset: 'exact',
  backend: 'wasm',
  precision: 'f32',
  bytes: 1,
  contextTokens: 1024,
  thinks: false,
  experts: null,
};
const answer: Answer = {
  text: 'A cat.',
  ids: [1, 2, 3],
  tokens: 3,
  promptTokens: 9,
  cachedTokens: 0,
  reason: 'eos',
  timings: { decodingMs: 0, visionMs: 0, prefillMs: 0, answeringMs: 100 },
};

/** A fake of both the models and the client, which passes each question to the test. */
class Script {
  asked: Message[][] = [];
  options: AnswerOptions[] = [];
  reported: FailureCode[] = [];
  emit: (event: AnswerEvent) => void = () => undefined;
  settle: (outcome: Outcome<Answer>) => void = () => undefined;
  readiness: Outcome<LoadedModel> = { kind: 'done', value: model };

  awaitsUser = false;
  isJudging = false;
  skipJudging(): void {
    // Nothing happens.
  }

  ready(): Promise<Outcome<LoadedModel>> {
    return Promise.resolve(this.readiness);
  }
  answered(): void {
    // Nothing happens.
  }
  failed({ code }: FailureInfo): void {
    this.reported.push(code);
  }
  answer(
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
  ): Promise<Outcome<Answer>> {
    this.asked.push(messages);
    this.options.push(options);
    this.emit = onEvent;
    return new Promise((resolve) => (this.settle = resolve));
  }
}

function start(script = new Script()): { script: Script; conversation: Conversation } {
  const conversation = new Conversation({
    client: script,
    models: script,
    openMedia: {
      restore: () => {
        throw new Error('no media here');
      },
    },
    options: () => ({ maxTokens: 8, sampling: {} }),
    onExperts: () => undefined,
    onPaging: () => undefined,
    drawing: new DrawQueue((job) => job()),
  });
  return { script, conversation };
}

/** Settles when `questions` questions have reached the client. */
async function reached(script: Script, questions: number): Promise<void> {
  while (script.asked.length < questions) await new Promise((later) => setTimeout(later));
}

const failed = (code: FailureCode): Outcome<never> => ({ kind: 'failed', failure: { code, message: 'why' } });
const texts = (conversation: Conversation): string[] => conversation.turns.map((turn) => turn.document.text);

async function answered(script: Script, conversation: Conversation, question: string): Promise<void> {
  const asking = conversation.ask(question, []);
  await reached(script, script.asked.length + 1);
  script.settle({ kind: 'done', value: answer });
  await asking;
}

test('the text grows with each event and ends as the final answer', async () => {
  const { script, conversation } = start();
  const asking = conversation.ask('What?', []);
  expect(conversation.phase).toEqual({ kind: 'preparing' });
  await reached(script, 1);
  script.emit({ kind: 'stage', stage: 'prefill', done: 4, total: 9 });
  expect(conversation.phase).toMatchObject({ kind: 'answering', stage: 'prefill', done: 4, total: 9 });
  script.emit({ kind: 'text', text: 'A ' });
  script.emit({ kind: 'text', text: 'ca' });
  expect(texts(conversation)).toEqual(['A ca']);
  script.settle({ kind: 'done', value: answer });
  await asking;
  script.emit({ kind: 'text', text: ' Late.' });
  expect(texts(conversation)).toEqual(['A cat.']);
  expect(conversation.turns[0]?.ending).toMatchObject({ kind: 'answered', facts: { tokens: 3 } });
  expect(conversation.phase).toEqual({ kind: 'idle' });
});

test('a stop keeps the text so far', async () => {
  const { script, conversation } = start();
  const asking = conversation.ask('What?', []);
  await reached(script, 1);
  script.emit({ kind: 'text', text: 'A ' });
  conversation.stop();
  expect(conversation.phase).toEqual({ kind: 'stopping' });
  script.settle({ kind: 'stopped' });
  await asking;
  expect(texts(conversation)).toEqual(['A ']);
  expect(conversation.turns[0]?.ending).toEqual({ kind: 'stopped', facts: null });
});

test('an answer that ended early continues from its own tokens, and becomes one answer', async () => {
  const { script, conversation } = start();
  const asking = conversation.ask('What?', []);
  await reached(script, 1);
  const first = { text: 'A bl\ufffd', ids: [7, 8], reason: 'length' as const };
  script.settle({ kind: 'done', value: { ...answer, ...first } });
  await asking;
  const [turn] = conversation.turns;
  expect(earlyEnd(turn!.ending, turn!.document)).toEqual({
    why: 'cutOff',
    canGoOn: true,
    canAnswerNow: false,
  });

  const going = conversation.goOn(turn!, false);
  await reached(script, 2);
  expect(turn!.ending).toBeNull();
  expect(script.asked[1]).toEqual([{ role: 'user', content: 'What?' }]);
  expect(script.options[1]?.begun).toEqual({ text: 'A bl', ids: [7, 8] });
  script.emit({ kind: 'text', text: 'ack cat.' });
  expect(texts(conversation)).toEqual(['A black cat.']);
  script.settle({ kind: 'done', value: { ...answer, text: 'A black cat.', ids: [7, 8, 9], tokens: 2 } });
  await going;
  expect(texts(conversation)).toEqual(['A black cat.']);
  expect(turn!.ending).toMatchObject({ facts: { tokens: 5, timings: { answeringMs: 200 } } });
  expect(earlyEnd(turn!.ending, turn!.document)).toBeNull();
  // The beginning of a continued answer is not one of its options.
  expect(turn!.options).toEqual({ maxTokens: 8, sampling: {} });
});

test('an answer that was stopped, failed or kept continues from its text', async () => {
  const { script, conversation } = start();
  const asking = conversation.ask('What?', []);
  await reached(script, 1);
  script.emit({ kind: 'text', text: 'A ' });
  conversation.stop();
  script.settle({ kind: 'stopped' });
  await asking;
  const { conversation: other } = start(script);
  other.load(structuredClone(conversation.save()));
  const [turn] = other.turns;
  expect(earlyEnd(turn!.ending, turn!.document)).toMatchObject({ why: 'stopped', canGoOn: true });
  const going = other.goOn(turn!, false);
  await reached(script, 2);
  expect(script.options[1]?.begun).toEqual({ text: 'A ' });
  script.settle(failed('device-lost'));
  await going;
  expect(texts(other)).toEqual(['A ']);
  expect(earlyEnd(turn!.ending, turn!.document)).toMatchObject({ canGoOn: true });
});

test('a thought that reached the limit can continue, or end so that the answer begins', async () => {
  const { script, conversation } = start();
  script.readiness = { kind: 'done', value: { ...model, thinks: true } };
  const asking = conversation.ask('What?', []);
  await reached(script, 1);
  script.settle({ kind: 'done', value: { ...answer, text: 'Let me see', reason: 'length' } });
  await asking;
  const [turn] = conversation.turns;
  expect(earlyEnd(turn!.ending, turn!.document)).toEqual({
    why: 'thoughtUntilLimit',
    canGoOn: true,
    canAnswerNow: true,
  });
  const going = conversation.goOn(turn!, true);
  await reached(script, 2);
  expect(script.options[1]?.begun).toEqual({ text: 'Let me see', ids: [1, 2, 3], answerNow: true });
  expect(turn!.document.thinking).toBe(true);
  script.settle({ kind: 'done', value: { ...answer, text: 'Let me see\n</think>\n\nA cat.' } });
  await going;
  expect(turn!.document.thought).toBe('Let me see');
  expect(turn!.document.blocks).toHaveLength(1);
  expect(earlyEnd(turn!.ending, turn!.document)).toBeNull();
});

test('a model that does not think starts over instead of continuing a thought', async () => {
  const { script, conversation } = start();
  script.readiness = { kind: 'done', value: { ...model, thinks: true } };
  const asking = conversation.ask('What?', []);
  await reached(script, 1);
  script.settle({ kind: 'done', value: { ...answer, text: 'Let me see', reason: 'repetition' } });
  await asking;
  const [turn] = conversation.turns;
  expect(earlyEnd(turn!.ending, turn!.document)).toMatchObject({ why: 'thoughtInCircles' });
  script.readiness = { kind: 'done', value: { ...model, id: 'b' } };
  const going = conversation.goOn(turn!, false);
  await reached(script, 2);
  expect(script.options[1]?.begun).toBeUndefined();
  expect(texts(conversation)).toEqual(['']);
  script.settle({ kind: 'done', value: answer });
  await going;
  expect(turn!.ending).toMatchObject({ facts: { tokens: 3 } });
});

test('a failure ends its turn alone: the conversation reports it, and the next question gets an answer', async () => {
  const { script, conversation } = start();
  await answered(script, conversation, 'One?');
  const asking = conversation.ask('Two?', []);
  await reached(script, 2);
  script.settle(failed('device-lost'));
  await asking;
  expect(script.reported).toEqual(['device-lost']);
  expect(conversation.turns[1]?.ending).toMatchObject({ kind: 'failed', failure: { code: 'device-lost' } });
  await answered(script, conversation, 'Three?');
  expect(texts(conversation)).toEqual(['A cat.', '', 'A cat.']);
  expect(script.asked[2]?.map(({ content }) => content)).toEqual(['One?', 'A cat.', 'Three?']);
});

test('the conversation asks nothing of a model that does not become ready', async () => {
  const { script, conversation } = start();
  script.readiness = failed('corrupt-shard');
  await conversation.ask('What?', []);
  expect(script.asked).toHaveLength(0);
  expect(conversation.turns[0]?.ending).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
});

test('a reworded question replaces the turns from there on, and the user can restore them', async () => {
  const { script, conversation } = start();
  await answered(script, conversation, 'One?');
  await answered(script, conversation, 'Two?');
  const [first] = conversation.turns;
  const asking = conversation.askAgain(first!, 'Uno?');
  await reached(script, 3);
  expect(script.asked[2]).toEqual([{ role: 'user', content: 'Uno?' }]);
  script.settle({ kind: 'done', value: { ...answer, text: 'Un gato.' } });
  await asking;
  expect(texts(conversation)).toEqual(['Un gato.']);
  conversation.restoreSetAside();
  expect(conversation.turns.map(({ question }) => question)).toEqual(['One?', 'Two?']);
  expect(conversation.canRestore).toBe(false);
});

test('the answer of an old conversation does not disturb a new one', async () => {
  const { script, conversation } = start();
  const asking = conversation.ask('Old?', []);
  await reached(script, 1);
  const { settle, emit } = script;
  conversation.clear();
  await answered(script, conversation, 'New?');
  emit({ kind: 'text', text: 'old' });
  settle({ kind: 'done', value: { ...answer, text: 'old' } });
  await asking;
  expect(texts(conversation)).toEqual(['A cat.']);
  expect(conversation.phase).toEqual({ kind: 'idle' });
});

test('a saved conversation loads unchanged', async () => {
  const { script, conversation } = start();
  await answered(script, conversation, 'What?');
  const saved = structuredClone(conversation.save());
  const { conversation: other } = start();
  other.load(saved);
  const withoutIds = ({ turns }: SavedConversation): unknown => turns.map((turn) => ({ ...turn, id: '' }));
  expect(withoutIds(other.save())).toEqual(withoutIds(saved));
  expect(other.turns[0]?.document.blocks).toHaveLength(1);
});

test('the waiting time counts from the question, not from the start of the engine', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { script, conversation } = start();
    const asking = conversation.ask('What?', []);
    // The model is still being loaded.
    vi.advanceTimersByTime(9000);
    await reached(script, 1);
    vi.advanceTimersByTime(400);
    script.emit({ kind: 'text', text: 'A ' });
    vi.advanceTimersByTime(600);
    script.settle({ kind: 'done', value: answer });
    await asking;
    expect(conversation.turns[0]?.waited).toEqual({ firstWordMs: 9400, wholeMs: 10_000 });
    expect(conversation.save().turns[0]?.waited).toEqual({ firstWordMs: 9400, wholeMs: 10_000 });
  } finally {
    vi.useRealTimers();
  }
});
