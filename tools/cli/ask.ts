// npm run ask: the engine on the command line. Answers one question or a conversation with a package on disk, and can
// write its intermediate results as JSON for verification.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Message } from '../../src/contract/conversation.ts';
import { Failure, fail } from '../../src/failure.ts';
import { kernelFiles } from '../build/kernel-files.ts';
import { readConversation, textAndImages } from './ask/conversation-file.ts';
import { Dump } from './ask/dump.ts';
import { complaint } from './node/complaint.ts';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { openEngine } from '../../src/node/open-engine.ts';
import { verifyShards } from '../../src/node/verify-shards.ts';

const USAGE = `npm run ask -- --package DIR (--prompt "…" [--image FILE …] | --conversation FILE)
  --max-tokens N     the answer's length at most (256)
  --greedy           always the best token; else temperature 0.7, top-p 0.8, top-k 20
  --temperature T --top-k K --top-p P --min-p P --presence-penalty P --repetition-penalty P
  --seed S           the same answer again
  --ignore-eos       go on to --max-tokens
  --backend wasm|webgpu   (wasm: the processor)   --precision f32|f16   --threads N (one per core, 8 at most)
  --experts GB       the memory budget for experts; the others are paged
  --no-verify        do not hold the shards against their hashes first
  --dump FILE        JSON of ids, positions, grids, pixels, logits and generated ids
  --dump-tensors     with the vision features and every pixel value
A conversation file is JSON: a list of {"role", "content"}, content a text or a list of
{"type":"text","text"}, {"type":"image","photo":FILE}, {"type":"video","frames":[FILE,…],"fps","indices"}.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      package: { type: 'string' },
      prompt: { type: 'string' },
      image: { type: 'string', multiple: true },
      conversation: { type: 'string' },
      'max-tokens': { type: 'string' },
      greedy: { type: 'boolean' },
      temperature: { type: 'string' },
      'top-k': { type: 'string' },
      'top-p': { type: 'string' },
      'min-p': { type: 'string' },
      'presence-penalty': { type: 'string' },
      'repetition-penalty': { type: 'string' },
      seed: { type: 'string' },
      'ignore-eos': { type: 'boolean' },
      backend: { type: 'string' },
      precision: { type: 'string' },
      threads: { type: 'string' },
      experts: { type: 'string' },
      'no-verify': { type: 'boolean' },
      dump: { type: 'string' },
      'dump-tensors': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true || values.package === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const backend = oneOf('--backend', values.backend ?? 'wasm', ['wasm', 'webgpu'] as const);
  const precision =
    values.precision === undefined
      ? undefined
      : oneOf('--precision', values.precision, ['f32', 'f16'] as const);
  const number = (name: keyof typeof values, otherwise: number): number => {
    const value = values[name];
    const parsed = value === undefined ? otherwise : Number(value);
    return Number.isFinite(parsed) ? parsed : fail('bad-request', `--${name} is not a number.`);
  };
  const messages = await conversationOf(values);
  const store = await openDirectoryStore(values.package);
  if (values['no-verify'] !== true) await verifyShards(store);
  const { engine, dispose } = await openEngine(
    store,
    await kernelFiles(),
    {
      backend,
      ...(precision && { precision }),
      ...(values.threads !== undefined && { threads: number('threads', 1) }),
      ...(values.experts !== undefined && { expertBudgetBytes: 1e9 * number('experts', 0) }),
      ignoreStops: values['ignore-eos'] === true,
    },
    new AbortController().signal,
  );
  const greedy = values.greedy === true;
  const dump = values.dump === undefined ? undefined : new Dump(values['dump-tensors'] === true);
  const answer = await engine.answer(
    messages,
    {
      maxTokens: number('max-tokens', 256),
      sampling: {
        temperature: greedy ? 0 : number('temperature', 0.7),
        topK: number('top-k', greedy ? 0 : 20),
        topP: number('top-p', greedy ? 1 : 0.8),
        minP: number('min-p', 0),
        presencePenalty: number('presence-penalty', 0),
        repetitionPenalty: number('repetition-penalty', 1),
        ...(values.seed === undefined ? {} : { seed: number('seed', 0) }),
      },
    },
    (event) => {
      if (event.kind === 'text') process.stdout.write(event.text);
    },
    new AbortController().signal,
    dump?.trace,
  );
  process.stdout.write('\n');
  const { timings, tokens } = answer;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  process.stderr.write(
    `photos ${seconds(timings.decodingMs)}, vision ${seconds(timings.visionMs)}, ` +
      `prefill ${seconds(timings.prefillMs)}, ${tokens} tokens in ${seconds(timings.answeringMs)}\n`,
  );
  if (dump !== undefined && values.dump !== undefined) {
    await writeFile(values.dump, `${JSON.stringify(dump.json(answer))}\n`);
  }
  await dispose();
}

async function conversationOf(values: {
  conversation?: string;
  prompt?: string;
  image?: string[];
}): Promise<Message[]> {
  if (values.conversation !== undefined) {
    const text = await readFile(values.conversation, 'utf8');
    return readConversation(text, dirname(resolve(values.conversation)));
  }
  if (values.prompt === undefined) fail('bad-request', 'Give --prompt or --conversation.');
  return textAndImages(values.prompt, values.image ?? []);
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  return found ?? fail('bad-request', `${name} is one of ${known.join(', ')}.`);
}

try {
  await main();
  // Dawn keeps the process alive.
  process.exit(0);
} catch (error) {
  const code = error instanceof Failure ? ` (${error.code})` : '';
  process.stderr.write(`${complaint(error)}${code}\n`);
  process.exit(1);
}
