// Tests `Models` with scripted clients: the order of the phases, and the calls that the clients receive.

import { expect, test } from 'vitest';
import type { LoadedModel } from '../../contract/inference.ts';
import type { Outcome } from '../../failure.ts';
import {
  done,
  failed,
  never,
  offer,
  PAGE,
  setUp,
  soon,
  type Notes,
} from '../../../tools/tests/support/scripted-models.ts';

test('the built-in model downloads, loads and becomes ready by itself on a first visit', async () => {
  const { weights, inference, models } = setUp();
  expect(models.chosen.phase.kind).toBe('looking');
  await models.start(PAGE);
  await soon();
  expect(weights.asked).toEqual(['demo']);
  expect(models.chosen.phase.kind).toBe('downloading');
  weights.settle('done');
  await soon();
  expect(inference.asked).toEqual(['demo wasm']);
  expect(models.chosen.phase).toMatchObject({ kind: 'ready', model: { id: 'demo' } });
});

test('readiness counts the download, the runtime and the opening together, and never decreases', async () => {
  const { weights, inference, models } = setUp();
  let loaded: (outcome: Outcome<LoadedModel>) => void = () => undefined;
  inference.load = (_id, _options, onEvent) => {
    inference.emit = onEvent;
    return new Promise((resolve) => (loaded = resolve));
  };
  await models.start(PAGE);
  const seen = [models.chosen.readiness];
  models.chosen.hearRuntime({ doneBytes: 0, totalBytes: 1 });
  const rates = { resumedBytes: 0, bytesPerSecond: null, secondsLeft: null };
  for (const doneBytes of [0.5, 1]) {
    const activity = { kind: 'downloading' } as const;
    weights.emit({ kind: 'progress', activity, doneBytes, totalBytes: 1, ...rates });
    seen.push(models.chosen.readiness);
  }
  weights.settle('done');
  await soon();
  // The model is downloaded, but the runtime, which is half of the work, is not.
  expect(models.chosen.phase.kind).toBe('loading');
  seen.push(models.chosen.readiness);
  expect(models.chosen.readiness).toBeLessThan(0.5);
  models.chosen.hearRuntime({ doneBytes: 1, totalBytes: 1 });
  seen.push(models.chosen.readiness);
  inference.emit({ kind: 'preparing', doneBytes: 1, totalBytes: 1 });
  seen.push(models.chosen.readiness);
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual(seen.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  loaded(failed('bug'));
  await soon();
  expect(models.chosen.readiness).toBeNull();
});

test('the removed built-in model comes back only when the user chooses it, in later visits too', async () => {
  const remembered: Notes = {};
  const first = setUp({ remembered });
  first.weights.keep('demo');
  await first.models.start(PAGE);
  expect(await first.models.ready(never)).toMatchObject({ kind: 'done' });
  first.weights.kept = [];
  await first.models.gone('demo');
  expect(first.models.chosen.phase.kind).toBe('absent');
  expect(first.models.chosen.entry).toBeUndefined();
  expect(await first.models.ready(never)).toMatchObject({ kind: 'failed', failure: { code: 'no-model' } });

  const { weights, models } = setUp({ remembered });
  await models.start(PAGE);
  expect(await models.ready(never)).toMatchObject({ kind: 'failed', failure: { code: 'no-model' } });
  expect([...first.weights.asked, ...weights.asked]).toEqual([]);
  // After another model is removed as well, the built-in model does not take its place by itself.
  models.choose('large');
  await soon();
  weights.settle('done');
  await soon();
  weights.kept = [];
  await models.gone('large');
  expect(models.chosen.phase.kind).toBe('absent');
  expect(weights.asked).toEqual(['large']);

  models.choose('demo');
  await soon();
  expect(weights.asked).toEqual(['large', 'demo']);
  const next = setUp({ remembered });
  await next.models.start(PAGE);
  expect(next.models.chosen.entry?.request.id).toBe('demo');
});

test('no model is chosen if there is no built-in one, and a question fails with no-model', async () => {
  const { weights, models } = setUp();
  weights.offers = done([offer('large')]);
  await models.start(PAGE);
  expect(models.chosen.phase.kind).toBe('absent');
  expect(await models.ready(never)).toMatchObject({ kind: 'failed', failure: { code: 'no-model' } });
  expect(weights.asked).toEqual([]);
});

test('a question that arrives before the list of models has been read waits for the list', async () => {
  const { weights, models } = setUp();
  weights.keep('demo');
  const started = models.start(PAGE);
  expect(models.chosen.phase.kind).toBe('looking');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'demo' } });
  await started;
});

test('the next visit loads the remembered choice from storage, without a download', async () => {
  const remembered = {};
  const first = setUp({ remembered });
  first.weights.offers = done([offer('large')]);
  await first.models.start(PAGE);
  first.models.choose('large');
  await soon();
  first.weights.settle('done');
  await soon();
  const { weights, inference, models } = setUp({ remembered });
  weights.keep('large');
  await models.start(PAGE);
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'large' } });
  expect(weights.asked).toEqual([]);
  expect(inference.asked).toEqual(['large webgpu']);
});

test('a chosen large model that is not stored is not fetched before the user asks a question', async () => {
  const { weights, models } = setUp({ remembered: { model: 'large' } });
  await models.start(PAGE);
  expect(models.chosen.phase.kind).toBe('absent');
  expect(weights.asked).toEqual([]);
  const ready = models.ready(never);
  await soon();
  expect(models.chosen.phase.kind).toBe('downloading');
  await soon();
  weights.settle('done');
  expect(await ready).toMatchObject({ kind: 'done' });
});

test('without WebGPU the processor answers, whether the browser lacks it or the device refuses', async () => {
  const without = setUp({ hasWebGpu: false, remembered: { model: 'large' } });
  without.weights.keep('large');
  await without.models.start(PAGE);
  await without.models.ready(never);
  expect(without.inference.asked).toEqual(['large wasm']);
  expect(without.models.chosen.place).toBe('onProcessor');

  const refused = setUp({ remembered: { model: 'large' } });
  refused.weights.keep('large');
  refused.inference.refuses.set('webgpu', 'no-webgpu');
  await refused.models.start(PAGE);
  await refused.models.ready(never);
  expect(refused.inference.asked).toEqual(['large webgpu', 'large wasm']);
  expect(refused.models.chosen.place).toBe('onProcessor');
});

test('the model is loaded again only after a failure that may have broken it', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  await models.start(PAGE);
  await models.ready(never);
  models.failed({ code: 'bad-photo', message: 'why' }, 'demo');
  await models.ready(never);
  expect(inference.asked).toHaveLength(1);
  models.failed({ code: 'device-lost', message: 'why' }, 'demo');
  expect(models.chosen.phase.kind).toBe('stored');
  await models.ready(never);
  expect(inference.asked).toHaveLength(2);
});

test('the failure of an earlier model’s answer does not stop the model after it', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  await models.start(PAGE);
  const ready = models.ready(never);
  models.failed({ code: 'endless-model', message: 'the one before' }, 'hostile');
  expect((await ready).kind).toBe('done');
  expect(models.chosen.phase.kind).toBe('ready');
  expect(inference.asked).toHaveLength(1);
});

test('a failed load is reported, and the next question tries again', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  inference.refuses.set('wasm', 'out-of-memory');
  await models.start(PAGE);
  expect(await models.ready(never)).toMatchObject({ kind: 'failed' });
  expect(models.chosen.phase).toMatchObject({ kind: 'failed', failure: { code: 'out-of-memory' } });
  inference.refuses.clear();
  expect(await models.ready(never)).toMatchObject({ kind: 'done' });
});

test('a stopped question leaves the download running; a pause stops the download, which can continue', async () => {
  const { weights, models } = setUp();
  await models.start(PAGE);
  await soon();
  const stop = new AbortController();
  const ready = models.ready(stop.signal);
  stop.abort();
  expect(await ready).toEqual({ kind: 'stopped' });
  expect(models.chosen.phase.kind).toBe('downloading');
  await models.downloads.pause('demo');
  await soon();
  expect(models.chosen.phase.kind).toBe('paused');
  const again = models.ready(never);
  await soon();
  weights.settle('done');
  expect(await again).toMatchObject({ kind: 'done' });
  expect(weights.asked).toEqual(['demo', 'demo']);
});

test('a full disk is reported with the models that could be removed, until the download continues', async () => {
  const { weights, models } = setUp();
  await models.start(PAGE);
  await soon();
  weights.emit({ kind: 'storage-full', keptBytes: 1, neededBytes: 9, removable: [] });
  weights.settle('storage-full');
  await soon();
  expect(models.downloads.of('demo')?.full).toMatchObject({ neededBytes: 9 });
  expect(models.chosen.phase).toMatchObject({ kind: 'failed', failure: { code: 'storage-full' } });
  void models.ready(never);
  await soon();
  expect(models.downloads.of('demo')?.full).toBeUndefined();
});

test('stored models are listed and answer without the catalogue', async () => {
  const { weights, models } = setUp({ remembered: { model: 'large' } });
  weights.offers = failed('network');
  weights.keep('large');
  await models.start(PAGE);
  expect(models.known.entries.map((entry) => entry.request.id)).toEqual(['large']);
  expect(models.known.catalogueFailure?.code).toBe('network');
  expect(await models.ready(never)).toMatchObject({ kind: 'done' });
});

test('choosing another model ends the load of the first', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  weights.keep('large');
  await models.start(PAGE);
  models.choose('large');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'large' } });
  inference.emit({ kind: 'preparing', doneBytes: 1, totalBytes: 2 });
  expect(models.chosen.phase).toMatchObject({ kind: 'ready', model: { id: 'large' } });
});

test('a model that is removed from storage leaves the device', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  await models.start(PAGE);
  await models.ready(never);
  await models.leave('large');
  await models.leave('demo');
  expect(inference.asked).toEqual(['demo wasm', 'unload']);
  expect(models.chosen.phase.kind).toBe('stored');
});

test('a memory budget for experts reloads its model, is remembered for it alone, and can be set back to automatic', async () => {
  const remembered: Notes = {};
  const { weights, inference, models } = setUp({ remembered });
  weights.keep('demo');
  weights.keep('large');
  await models.start(PAGE);
  await models.ready(never);
  models.runSettings.chooseExpertBudget('demo', 4000);
  expect(models.chosen.phase.kind).not.toBe('ready');
  expect(models.chosen.loaded?.id, 'what is known of it stays').toBe('demo');
  await models.ready(never);
  models.choose('large');
  await models.ready(never);
  expect(inference.asked).toEqual(['demo wasm', 'demo wasm 4000', 'large webgpu']);

  const later = setUp({ remembered: { ...remembered, model: 'demo' } });
  later.weights.keep('demo');
  await later.models.start(PAGE);
  await later.models.ready(never);
  later.models.runSettings.chooseExpertBudget('demo', null);
  await later.models.ready(never);
  expect(later.inference.asked).toEqual(['demo wasm 4000', 'demo wasm']);
  expect(later.models.runSettings.expertBudgetOf('demo')).toBe(null);
});

test('a load finds the file that storage lost, fetches it again, and then succeeds', async () => {
  const { weights, inference, models } = setUp({ hasWebGpu: false });
  weights.keep('demo');
  weights.damaged = ['a shard'];
  inference.refuses.set('wasm', 'missing-file');
  await models.start(PAGE);
  await soon();
  expect(weights.asked).toEqual(['check demo', 'demo']);
  inference.refuses.clear();
  weights.settle('done');
  await soon();
  expect(inference.asked).toEqual(['demo wasm', 'demo wasm']);
  expect(models.chosen.phase.kind).toBe('ready');
});

test('a load that fails although storage is complete is not repeated', async () => {
  const { weights, inference, models } = setUp({ hasWebGpu: false });
  weights.keep('demo');
  inference.refuses.set('wasm', 'corrupt-shard');
  await models.start(PAGE);
  await soon();
  expect(weights.asked).toEqual(['check demo']);
  expect(inference.asked).toEqual(['demo wasm']);
  expect(models.chosen.phase).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
});

test('the next question after an answer that found damage mends the model first', async () => {
  const { weights, inference, models } = setUp({ hasWebGpu: false });
  weights.keep('demo');
  await models.start(PAGE);
  await soon();
  models.failed({ code: 'missing-file', message: '' }, 'demo');
  weights.damaged = ['a shard'];
  const ready = models.ready(new AbortController().signal);
  await soon();
  expect(weights.asked).toEqual(['check demo', 'demo']);
  weights.settle('done');
  expect((await ready).kind).toBe('done');
  expect(inference.asked).toEqual(['demo wasm', 'demo wasm']);
});

test('the built-in model answers first on the processor, and is loaded onto the GPU behind that answer', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  await models.start(PAGE);
  expect(models.firstBackends).toEqual(['wasm']);
  await models.ready(never);
  await soon();
  expect(inference.asked).toEqual(['demo wasm']);
  models.answered('demo');
  expect(inference.asked).toEqual(['demo wasm', 'demo webgpu behind']);
  expect(models.chosen.place).toBe('onProcessor');
  inference.settleBehind('done');
  await soon();
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { backend: 'webgpu' } });
  expect(models.chosen.place).toBe('onGpu');
  models.answered('demo');
  await soon();
  expect(inference.asked).toEqual(['demo wasm', 'demo webgpu behind', 'take over']);
});

test('a question that arrives while the GPU is made ready stops that work until its own answer has ended', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  await models.start(PAGE);
  await models.ready(never);
  models.answered('demo');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { backend: 'wasm' } });
  await soon();
  expect(models.chosen.place).toBe('onProcessor');
  models.answered('demo');
  inference.settleBehind('done');
  await soon();
  expect(models.chosen.place).toBe('onGpu');
  const behind = 'demo webgpu behind';
  expect(inference.asked).toEqual(['demo wasm', behind, behind, 'take over']);
});

test('the user can skip the self-test that the processor computes, and the waiting question goes on', async () => {
  const { weights, inference, models } = setUp({ remembered: { model: 'large' } });
  weights.keep('large');
  const load = inference.load.bind(inference);
  const skipped: unknown[] = [];
  inference.load = (id, options, onEvent, signal) => {
    skipped.push(options.skipJudge);
    if (options.skipJudge === true) return load(id, options, onEvent, signal);
    onEvent({ kind: 'preparing', doneBytes: 1, totalBytes: 4, isJudging: true });
    return new Promise((end) => signal.addEventListener('abort', () => end({ kind: 'stopped' })));
  };
  await models.start(PAGE);
  const ready = models.ready(never);
  await soon();
  expect(models.isJudging).toBe(true);
  models.skipJudging();
  expect(await ready).toMatchObject({ kind: 'done', value: { id: 'large', backend: 'webgpu' } });
  expect([skipped, models.isJudging]).toEqual([[undefined, true], false]);
  // Nothing is left to skip.
  models.skipJudging();
  expect(models.chosen.phase.kind).toBe('ready');
});

test('without a graphics processor the built-in model stays on the processor, and asks for the GPU once', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  await models.start(PAGE);
  await models.ready(never);
  models.answered('demo');
  inference.settleBehind('no-webgpu');
  await soon();
  models.answered('demo');
  await soon();
  expect(inference.asked).toEqual(['demo wasm', 'demo webgpu behind']);
  expect(models.chosen.place).toBe('onProcessor');
});

test('if the worker dies while it makes the GPU ready, the next question loads the model again', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  await models.start(PAGE);
  await models.ready(never);
  models.answered('demo');
  inference.settleBehind('worker-died');
  await soon();
  expect(models.chosen.phase.kind).toBe('stored');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { backend: 'wasm' } });
  expect(inference.asked).toEqual(['demo wasm', 'demo webgpu behind', 'demo wasm']);
});

test('a model that the user chooses meanwhile is not replaced by the one that was made ready behind', async () => {
  const { weights, inference, models } = setUp();
  weights.keep('demo');
  weights.keep('large');
  await models.start(PAGE);
  await models.ready(never);
  models.answered('demo');
  models.choose('large');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'large' } });
  inference.settleBehind('done');
  await soon();
  expect(inference.asked).toEqual(['demo wasm', 'demo webgpu behind', 'large webgpu']);
  expect(models.chosen.loaded?.id).toBe('large');
});
