// Tests that a model keeps answering while another one downloads, fails to download, or fails to load. Uses scripted
// clients, as models.svelte.test.ts does.

import { expect, test } from 'vitest';
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

/** Sets the page up with the built-in model stored and loaded. */
async function withBuiltIn(remembered: Notes = {}) {
  const parts = setUp({ remembered });
  parts.weights.keep('demo');
  await parts.models.start(PAGE);
  await parts.models.ready(never);
  return parts;
}

test('the present model stays chosen while another one downloads, until the user switches to it', async () => {
  const { weights, inference, models } = await withBuiltIn();
  models.choose('large');
  await soon();
  expect(weights.asked).toEqual(['large']);
  expect(models.chosen.phase).toMatchObject({ kind: 'ready', model: { id: 'demo' } });
  expect(models.background.current?.request.id).toBe('large');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'demo' } });

  weights.settle('done');
  await soon();
  expect(models.chosen.entry?.request.id).toBe('demo');
  expect(models.news.current).toMatchObject({ kind: 'arrived', entry: { request: { id: 'large' } } });
  models.choose('large');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'large' } });
  expect(models.news.current).toBeUndefined();
  expect(inference.asked).toEqual(['demo wasm', 'large webgpu']);
});

test('the page uses the chosen model as soon as it is stored, if no other model works', async () => {
  const { weights, models } = setUp();
  weights.offers = done([offer('large')]);
  await models.start(PAGE);
  models.choose('large');
  await soon();
  weights.settle('done');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'large' } });
  expect(models.news.current).toBeUndefined();
});

test('the built-in model counts as one that works while it downloads on a first visit', async () => {
  const { weights, models } = setUp();
  await models.start(PAGE);
  await soon();
  const settleBuiltIn = weights.settle;
  models.choose('large');
  await soon();
  settleBuiltIn('done');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'demo' } });
  expect(models.background.current?.request.id).toBe('large');
});

const LINK = { id: 'https://h/x/', name: 'x', source: { kind: 'package', url: 'https://h/x/' } } as const;

test.each(['missing-file', 'host-blocked', 'network', 'web-page'] as const)(
  'an address that fails with %s is no model, and the present model stays',
  async (code) => {
    const { weights, models } = await withBuiltIn();
    const added = models.add(LINK);
    await soon();
    expect(models.known.entries.map((entry) => entry.request.id)).toContain(LINK.id);
    weights.settle(code);
    expect(await added).toMatchObject({ kind: 'failed', failure: { code } });
    expect(models.known.entries.map((entry) => entry.request.id)).not.toContain(LINK.id);
    expect(models.chosen.phase).toMatchObject({ kind: 'ready', model: { id: 'demo' } });
    expect(models.news.current).toMatchObject({ kind: 'not-downloaded', name: 'x' });
  },
);

test('a refused address leaves no model chosen if no other works, in the next visit too', async () => {
  const remembered: Notes = {};
  const { weights, models } = setUp({ remembered });
  weights.offers = done([]);
  await models.start(PAGE);
  const added = models.add(LINK);
  await soon();
  weights.settle('missing-file');
  await added;
  await soon();
  expect(models.chosen.phase).toEqual({ kind: 'absent' });
  expect(models.known.entries).toEqual([]);
  expect(remembered.model ?? null).not.toBe(LINK.id);
});

test('a model whose download a full disk stops stays listed, with the models that could be removed', async () => {
  const { weights, models } = await withBuiltIn();
  void models.add(LINK);
  await soon();
  weights.settle('storage-full');
  await soon();
  const entry = models.known.entries.find(({ request }) => request.id === LINK.id);
  expect(entry?.download?.state).toMatchObject({ kind: 'failed', failure: { code: 'storage-full' } });
});

test('the earlier model answers again if another one does not load, and answers a waiting question', async () => {
  const { weights, inference, models } = await withBuiltIn();
  weights.keep('large');
  await models.known.refresh();
  inference.refusedModels.set('large', 'out-of-memory');
  models.choose('large');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'demo' } });
  expect(models.news.current).toMatchObject({ kind: 'not-loaded', failure: { code: 'out-of-memory' } });
  expect(inference.asked).toEqual(['demo wasm', 'large webgpu', 'demo wasm']);
});

test('a download continues in the next visit, unless another tab has completed it or the user paused it', async () => {
  const remembered: Notes = {};
  const first = await withBuiltIn(remembered);
  first.models.choose('large');
  await soon();

  const second = await withBuiltIn(remembered);
  await soon();
  expect(second.weights.asked).toEqual(['large']);
  const third = setUp({ remembered });
  third.weights.keep('demo');
  third.weights.keep('large');
  await third.models.start(PAGE);
  expect(third.models.news.current).toMatchObject({ kind: 'arrived' });

  await second.models.background.pause('large');
  const fourth = await withBuiltIn(remembered);
  await soon();
  expect(fourth.weights.asked).toEqual([]);
});

test('a tab that follows a download stops when another tab pauses it', async () => {
  const remembered: Notes = {};
  const { weights, models } = await withBuiltIn(remembered);
  remembered.next = 'large';
  await models.background.follow();
  weights.emit({ kind: 'following' });
  expect(models.background.current?.request.id).toBe('large');
  remembered.next = null;
  await models.background.follow();
  expect(models.background.current).toBeUndefined();
});

test('following another download does not end the first download of the built-in model', async () => {
  const remembered: Notes = {};
  const { weights, models } = setUp({ remembered });
  await models.start(PAGE);
  await soon();
  weights.emit({ kind: 'following' });
  remembered.next = 'large';
  await models.background.follow();
  expect(models.chosen.phase.kind).toBe('downloading');
  expect(models.downloads.of('large')?.state.kind).toBe('running');
});

test('a newer version of a model downloads while the older one answers', async () => {
  const { weights, models } = await withBuiltIn();
  const updated = models.background.fetch(weights.kept[0]!);
  await soon();
  expect(models.chosen.phase).toMatchObject({ kind: 'ready', model: { id: 'demo' } });
  expect(models.background.current?.request.id).toBe('demo');
  weights.settle('done');
  expect(await updated).toMatchObject({ kind: 'done' });
  expect(models.news.current).toBeUndefined();
});

test('another stored model takes the place of the chosen one when that is removed', async () => {
  const { weights, models } = setUp({ remembered: { model: 'large' } });
  weights.keep('demo');
  weights.keep('large');
  await models.start(PAGE);
  await models.ready(never);
  await models.leave('large');
  weights.kept = weights.kept.filter(({ id }) => id !== 'large');
  await models.gone('large');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'demo' } });
});

test('the page reports a background download that breaks off, and the library keeps the failure', async () => {
  const { weights, models } = await withBuiltIn();
  models.choose('large');
  await soon();
  weights.settle('network');
  await soon();
  expect(models.chosen.phase.kind).toBe('ready');
  expect(models.news.current).toMatchObject({ kind: 'not-downloaded', name: 'LARGE' });
  expect(models.downloads.of('large')?.state).toEqual(failed('network'));
});
