// The page of the robustness tests: the app's clients with workers that can be made to fail.

import { InferenceClient } from '../../../src/client/inference-client.ts';
import { CLOCK, RecoveringInference } from '../../../src/client/recovering-inference.ts';
import { WeightsClient } from '../../../src/client/weights-client.ts';
import type { Message } from '../../../src/contract/conversation.ts';
import type { LoadEvent } from '../../../src/contract/inference.ts';
import type { Outcome } from '../../../src/failure.ts';
import { shardFile } from '../../../src/format/manifest.ts';
import { parseManifest } from '../../../src/format/parse-manifest.ts';
import { policyFactory } from '../../../src/policy/trusted-types.ts';
import weightsWorker from '../../../workers/weights.worker.ts?worker&url';
import { COUNTS, WISHES, type Calls, type Fault } from './fault.ts';
import fragileWorker from './fragile.worker.ts?worker&url';
import type { Conversed, Harness, Judged, Strike, Trial, Turn } from './harness.ts';
import { PLANTED, type Plant } from './plant.ts';
import plantedWorker from './planted.worker.ts?worker&url';

const MAX_TOKENS = 6;
const never = new AbortController().signal;
/** The app's own policy rejects script URLs with fragments, which carry the faults to these workers. */
const policy = policyFactory()?.createPolicy('darkroom', { createScriptURL: (url) => url });
const start = (script: string): Worker =>
  new Worker((policy?.createScriptURL(script) ?? script) as string, { type: 'module' });
const weights = new WeightsClient(() => start(weightsWorker));

const harness: Harness = {
  keep: (name, id = name) => {
    const source = { kind: 'package', url: folderOf(name) } as const;
    return weights.download({ id, name, source }, () => undefined, never);
  },
  judge,
  stored,
  converse,
};
window.robust = harness;

async function converse(model: string, turns: Turn[], strike?: Strike): Promise<Conversed> {
  let workers = 0;
  const client = new RecoveringInference(
    new InferenceClient(() => {
      // Only the first worker gets the fault, because the test is about the recovery from it.
      const fault: Fault | undefined = strike?.stage === 'between turns' ? undefined : strike;
      const fragment = fault && workers === 0 ? `#${encodeURIComponent(JSON.stringify(fault))}` : '';
      workers++;
      return start(`${fragileWorker}${fragment}`);
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
      // Text arrives on a separate channel, possibly after the outcome.
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

async function judge(
  model: string,
  { backend = 'webgpu', turn, plant, skipJudge = false }: Trial,
): Promise<Judged> {
  let isPlanted = false;
  let isJudged = false;
  const heard = new BroadcastChannel(PLANTED);
  heard.onmessage = () => (isPlanted = true);
  const none: Plant = { kind: 'zeros', shader: 'none of them' };
  const client = new InferenceClient(() =>
    start(`${plantedWorker}#${encodeURIComponent(JSON.stringify(plant ?? none))}`),
  );
  try {
    const onEvent = ({ isJudging = false }: LoadEvent): void => void (isJudged ||= isJudging);
    const loaded = await client.load(model, { backend, skipJudge }, onEvent, never);
    return { loaded, answer: turn === undefined ? null : await answerOf(client, turn), isPlanted, isJudged };
  } finally {
    client.dispose();
    heard.close();
  }
}

async function answerOf(
  client: InferenceClient,
  { picture, question }: Required<Turn>,
): Promise<Outcome<string>> {
  const photo = await (await fetch(`/pictures/${picture}`)).blob();
  const content = [{ type: 'image', photo } as const, { type: 'text', text: question } as const];
  const answer = await client.answer(
    [{ role: 'user', content }],
    { maxTokens: MAX_TOKENS, sampling: {} },
    () => undefined,
    never,
  );
  return answer.kind === 'done' ? { kind: 'done', value: answer.value.text } : answer;
}

function folderOf(name: string): string {
  return `${location.origin}/${name === 'demo' ? 'models' : 'packages'}/${name}/`;
}

async function stored(name: string, tensor: string): ReturnType<Harness['stored']> {
  const folder = folderOf(name);
  const manifest = parseManifest(await (await fetch(`${folder}manifest.json`)).json());
  const entry = manifest.tensors[tensor];
  const shard = entry && manifest.shards[entry.shard];
  if (entry === undefined || shard === undefined) throw new Error(`${name} has no ${tensor}.`);
  const all = await (await fetch(`${folder}${shardFile(shard)}`)).arrayBuffer();
  return { dtype: entry.dtype, bytes: Array.from(new Uint8Array(all, entry.offset, entry.bytes)) };
}
