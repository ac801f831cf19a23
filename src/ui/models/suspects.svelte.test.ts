// Tests that a model with which the page died is not loaded again without the user's consent.

import { expect, test } from 'vitest';
import { never, PAGE, setUp, soon, type Notes } from '../../../tools/tests/support/scripted-models.ts';

async function afterDeath({
  deaths = ['large'],
  remembered = {},
}: { deaths?: string[]; remembered?: Notes } = {}) {
  const parts = setUp({ deaths, remembered: Object.assign(remembered, { model: 'large' }) });
  parts.weights.keep('demo');
  parts.weights.keep('large');
  await parts.models.start(PAGE);
  await soon();
  return parts;
}

test('the page asks the user before it loads a model with which it died, and a question waits for the decision', async () => {
  const { inference, models } = await afterDeath();
  expect(models.chosen.phase).toEqual({ kind: 'suspect' });
  expect(models.awaitsUser).toBe(true);
  expect(models.news.current).toMatchObject({ kind: 'suspect', smaller: { request: { id: 'demo' } } });
  const ready = models.ready(never);
  await soon();
  expect(inference.asked).toEqual([]);
  models.use('demo');
  expect(await ready).toMatchObject({ kind: 'done', value: { id: 'demo' } });
  expect(models.awaitsUser).toBe(false);
  expect(inference.asked).toEqual(['demo wasm']);
});

test('the page asks again at each visit until the model has loaded once', async () => {
  const remembered: Notes = {};
  await afterDeath({ remembered });
  const later = await afterDeath({ deaths: [], remembered });
  expect(later.models.chosen.phase.kind).toBe('suspect');
  later.models.use('large');
  expect(await later.models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'large' } });
  const last = await afterDeath({ deaths: [], remembered });
  expect(last.models.chosen.phase.kind).toBe('ready');
});

test('the choice of another backend counts as consent; a stopped question stops waiting', async () => {
  const { inference, models } = await afterDeath();
  const stop = new AbortController();
  const ready = models.ready(stop.signal);
  stop.abort();
  expect(await ready).toEqual({ kind: 'stopped' });
  models.runSettings.chooseBackend('wasm');
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'large', backend: 'wasm' } });
  expect(inference.asked).toEqual(['large wasm']);
});

test('the page loads the built-in model again after one death, and asks about it after two', async () => {
  const remembered: Notes = { model: 'demo' };
  const visit = async () => {
    const parts = setUp({ deaths: ['demo'], remembered });
    parts.weights.keep('demo');
    parts.inference.refuses.set('wasm', 'worker-died');
    await parts.models.start(PAGE);
    await soon();
    return parts.models.chosen.phase.kind;
  };
  expect(await visit()).toBe('failed');
  expect(await visit()).toBe('suspect');
});

test('the smaller model answers from then on if no user can be asked', async () => {
  const remembered: Notes = { model: 'large' };
  const { weights, inference, models } = setUp({ deaths: ['large'], remembered });
  weights.keep('demo');
  weights.keep('large');
  await models.start(PAGE, { unattended: true });
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'demo' } });
  expect(inference.asked).toEqual(['demo wasm']);
  expect(remembered.model).toBe('demo');
});

test('the page no longer asks about a suspect that was removed', async () => {
  const { weights, models } = await afterDeath();
  weights.kept = weights.kept.filter(({ id }) => id !== 'large');
  await models.gone('large');
  expect(models.news.current).toBeUndefined();
  expect(await models.ready(never)).toMatchObject({ kind: 'done', value: { id: 'demo' } });
});
