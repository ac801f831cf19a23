// The page of the robustness tests: the app's clients over workers that can be made to fail.

import { InferenceClient } from '../../src/client/inference-client.ts';
import { CLOCK, RecoveringInference } from '../../src/client/recovering-inference.ts';
import { WeightsClient } from '../../src/client/weights-client.ts';
import type { Message } from '../../src/contract/conversation.ts';
import { COUNTS, WISHES, type Calls, type Fault } from './fault.ts';
import fragileWorker from './fragile.worker.ts?worker&url';
import type { Conversed, Harness, Strike, Turn } from './harness.ts';

const MAX_TOKENS = 6;
const never = new AbortController().signal;
const weights = new WeightsClient(
  () => new Worker(new URL('../../workers/weights.worker.ts', import.meta.url), { type: 'module' }),
);

const harness: Harness = {
  keep: (name) => {
    const source = { kind: 'package', url: `${location.origin}/packages/${name}/` } as const;
    return weights.download({ id: name, name, source }, () => undefined, never);
  },
  converse,
};
window.robust = harness;

async function converse(model: string, turns: Turn[], strike?: Strike): Promise<Conversed> {
  let workers = 0;
  const client = new RecoveringInference(
    new InferenceClient(() => {
      // Only the first is struck: what comes after it is what is looked at.
      const fault: Fault | undefined = strike?.stage === 'between turns' ? undefined : strike;
      const fragment = fault && workers === 0 ? `#${encodeURIComponent(JSON.stringify(fault))}` : '';
      workers++;
      return new Worker(`${fragileWorker}${fragment}`, { type: 'module' });
    }),
    CLOCK,
  );
  const messages: Message[] = [];
  const answers: Conversed['answers'] = [];
  const streamed: string[] = [];
  try {
    const loaded = await client.load(model, { backend: 'webgpu' }, () => undefined, never);
    if (loaded.kind !== 'done')
      return { answers: [loaded], streamed, workers, backend: null, calls: await countCalls() };
    for (const [index, { picture, question }] of turns.entries()) {
      const photo = picture === undefined ? undefined : await (await fetch(`/pictures/${picture}`)).blob();
      messages.push({
        role: 'user',
        content: [
          ...(photo === undefined ? [] : [{ type: 'image' as const, photo }]),
          { type: 'text', text: question },
        ],
      });
      let text = '';
      const outcome = await client.answer(
        messages,
        { maxTokens: MAX_TOKENS, sampling: {} },
        (event) => {
          if (event.kind === 'text') text += event.text;
        },
        never,
      );
      // Text comes by a channel of its own, and may come after the outcome.
      await new Promise((later) => setTimeout(later, 50));
      streamed.push(text);
      answers.push(outcome.kind === 'done' ? { kind: 'done', value: outcome.value.text } : outcome);
      if (outcome.kind !== 'done') break;
      messages.push({ role: 'assistant', content: outcome.value.text });
      if (strike?.stage === 'between turns' && strike.after === index + 1) {
        new BroadcastChannel(WISHES).postMessage('lose');
        await new Promise((later) => setTimeout(later, 100));
      }
    }
    return { answers, streamed, workers, backend: loaded.value.backend, calls: await countCalls() };
  } finally {
    client.dispose();
  }
}

function countCalls(): Promise<Calls> {
  return new Promise((resolve) => {
    new BroadcastChannel(COUNTS).onmessage = ({ data }: MessageEvent<Calls>) => resolve(data);
    new BroadcastChannel(WISHES).postMessage('count');
  });
}
