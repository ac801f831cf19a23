import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CatalogueModel, DeviceFacts } from '../contract/weights.ts';
import { parseCatalogue } from '../weights/catalogue.ts';
import { expertBudget, fit } from './fit.ts';

const GIB = 2 ** 30;
const LIST = 'https://example.org/models/index.json';
const models = parseCatalogue(JSON.parse(readFileSync('public/models/index.json', 'utf8')), LIST);

function model(id: string): CatalogueModel {
  return models.find((each) => each.id === id) ?? expect.fail(`no ${id} in the catalogue`);
}

/** A device with a good graphics adapter, apart from `changes`. */
function device(
  memoryBytes: number | null,
  changes: Partial<NonNullable<DeviceFacts['gpu']>> = {},
): DeviceFacts {
  const gpu = {
    ...{ hasF16: true, maxBufferBytes: 4 * GIB, maxBindingBytes: 4 * GIB },
    ...{ name: '', isSoftware: false, choice: 'best-known' as const },
    ...changes,
  };
  return { gpu, memoryBytes };
}

const kinds = (result: ReturnType<typeof fit>): string[] => result.reasons.map((reason) => reason.kind);

test('the catalogue names 2B, 4B, 8B, 32B and 30B-A3B, Instruct and Thinking', () => {
  for (const size of ['2b', '4b', '8b', '32b', '30b-a3b']) {
    for (const kind of ['instruct', 'thinking']) {
      const { source, license } = model(`qwen3-vl-${size}-${kind}`);
      expect(source.kind).toBe('hub');
      expect(license).toBe('Apache-2.0');
    }
  }
});

const onProcessor = (id: string, memoryBytes: number | null = 8 * GIB) =>
  fit(model(id), { gpu: null, memoryBytes });

test('without a graphics adapter the 2B and the 4B fit the processor, and the 8B does not', () => {
  // Weights as stored + 0.3 GB of scratch memory + 2,048 tokens of cache, of 4.29 GB that WebAssembly addresses:
  // 1.566 + 0.3 + 2,048 × 114,688 B (0.235) = 2.101 GB; 2.909 + 0.3 + 2,048 × 147,456 B (0.302) = 3.511 GB;
  // 5.982 + 0.3 + 0.302 = 6.584 GB.
  for (const size of ['2b', '4b']) {
    expect(onProcessor(`qwen3-vl-${size}-instruct`)).toEqual({
      verdict: 'fits',
      reasons: [{ kind: 'no-gpu' }],
    });
  }
  const neededBytes = 5_982_000_000 + 300_000_000 + 2048 * 147_456;
  const short = { kind: 'memory', neededBytes, availableBytes: 2 ** 32 - 65536 };
  expect(onProcessor('qwen3-vl-8b-instruct')).toEqual({
    verdict: 'too-large',
    reasons: [{ kind: 'no-gpu' }, short],
  });
});

test('without a graphics adapter the 30B pages its experts, but not with 2 GiB of memory', () => {
  // Without experts: 18.216 − 16.307 + 0.3 + 2,048 × 98,304 B (0.201) = 2.410 GB; with the experts of one token, a
  // sixteenth of 16.307 GB, 3.429 GB.
  const result = onProcessor('qwen3-vl-30b-a3b-instruct');
  expect(result.verdict).toBe('fits-paged');
  expect(kinds(result)).toEqual(['no-gpu', 'memory']);
  expect(onProcessor('qwen3-vl-30b-a3b-instruct', null).verdict).toBe('fits-paged');
  // 75 % of 2 GiB are 1.6 GB.
  expect(onProcessor('qwen3-vl-30b-a3b-instruct', 2 * GIB).verdict).toBe('too-large');
  expect(onProcessor('qwen3-vl-2b-instruct', 2 * GIB).verdict).toBe('too-large');
});

test('a graphics adapter in software counts as none', () => {
  const software = device(8 * GIB, { isSoftware: true });
  expect(fit(model('qwen3-vl-8b-instruct'), software).verdict).toBe('too-large');
  expect(kinds(fit(model('qwen3-vl-2b-instruct'), software))).toContain('no-gpu');
});

test('each precision of a model is a model of its own, with its own sizes and perhaps its own files', () => {
  const [small, balanced, exact] = ['-small', '', '-exact'].map((end) => model(`qwen3-vl-2b-instruct${end}`));
  expect(small!.downloadBytes).toBeLessThan(balanced!.downloadBytes);
  expect(balanced!.downloadBytes).toBeLessThan(exact!.downloadBytes);
  expect(exact!.storedBytes).toBe(exact!.downloadBytes);
  const eight = model('qwen3-vl-2b-instruct-8-bit');
  expect(eight.source).toEqual({ ...balanced!.source, preset: '8-bit' });
  expect(eight.downloadBytes).toBe(balanced!.downloadBytes);
  const original = {
    repo: 'Qwen/Qwen3-VL-2B-Instruct',
    revision: '89644892e4d85e24eaac8bacfd4f463576704203',
  };
  expect(small!.source).toMatchObject({ preset: 'small', sideFiles: original });
  expect(exact!.source).toEqual({
    ...{ kind: 'hub', endpoint: 'https://huggingface.co', preset: 'exact' },
    ...original,
  });
  expect(small!.tokenBytes).toBeLessThan(small!.storedBytes);
});

test('without a graphics adapter a small model fits the processor, and the verdict says so', () => {
  const small = {
    ...model('qwen3-vl-2b-instruct'),
    storedBytes: 90e6,
    halfBytes: 20e6,
    cacheBytesPerToken: 4096,
  };
  const result = fit(small, { gpu: null, memoryBytes: 4 * GIB });
  expect(result).toEqual({ verdict: 'fits', reasons: [{ kind: 'no-gpu' }] });
});

test('the 2B fits 8 GiB without reservations', () => {
  expect(fit(model('qwen3-vl-2b-instruct'), device(8 * GIB))).toEqual({ verdict: 'fits', reasons: [] });
});

test('a device whose buffers are too small is refused, with both figures', () => {
  const result = fit(model('qwen3-vl-8b-instruct'), device(8 * GIB, { maxBindingBytes: 128 * 2 ** 20 }));
  expect(result).toEqual({
    verdict: 'too-large',
    reasons: [{ kind: 'array-too-large', neededBytes: 622_300_000, limitBytes: 128 * 2 ** 20 }],
  });
});

test('a small memory is too small for the 4B, and the reason is the memory', () => {
  const result = fit(model('qwen3-vl-4b-instruct'), device(4 * GIB));
  expect(result.verdict).toBe('too-large');
  expect(kinds(result)).toEqual(['memory']);
});

test('if the browser reports its cap, there may be more memory: the model fits, with doubt', () => {
  const result = fit(model('qwen3-vl-8b-instruct'), device(8 * GIB));
  expect(result.verdict).toBe('fits');
  expect(kinds(result)).toEqual(['memory-unknown']);
  expect(kinds(fit(model('qwen3-vl-8b-instruct'), device(null)))).toEqual(['memory-unknown']);
});

test('a mixture that may fit as a whole certainly fits with paged experts', () => {
  const result = fit(model('qwen3-vl-30b-a3b-instruct'), device(16 * GIB));
  expect(result.verdict).toBe('fits-paged');
  expect(kinds(result)).toEqual(['memory-unknown']);
});

test('without f16 a model needs more memory, and the figure includes it', () => {
  const { halfBytes, cacheBytesPerToken } = model('qwen3-vl-2b-instruct');
  const result = fit(model('qwen3-vl-2b-instruct'), device(8 * GIB, { hasF16: false }));
  const extraBytes = halfBytes + 8192 * cacheBytesPerToken;
  expect(result).toEqual({ verdict: 'fits', reasons: [{ kind: 'no-f16', extraBytes }] });
});

test('a mixture that is too large as a whole fits with paged experts; a dense model of its size does not', () => {
  const mixture = { ...model('qwen3-vl-30b-a3b-instruct'), storedBytes: 40e9, expertBytes: 37e9 };
  expect(fit(mixture, device(8 * GIB)).verdict).toBe('fits-paged');
  expect(kinds(fit(mixture, device(8 * GIB)))).toEqual(['memory']);
  expect(fit({ ...mixture, expertBytes: 0 }, device(8 * GIB)).verdict).toBe('too-large');
});

test('a wrong catalogue is refused, and the failure names the wrong field', () => {
  const [first] = models;
  const source = { kind: 'hub', endpoint: 'https://h', repo: 'a/b', revision: 'main', preset: 'tiny' };
  expect(() => parseCatalogue({ models: [{ ...first, source }] }, LIST)).toThrow('models[0].source.preset');
  expect(() => parseCatalogue({ models: [first, first] }, LIST)).toThrow('is there twice');
  expect(() => parseCatalogue({ models: [{ ...first, storedBytes: -1 }] }, LIST)).toThrow('storedBytes');
});

test('the address of a package is relative to the catalogue', () => {
  const entry = { ...models[0], source: { kind: 'package', url: 'demo/' } };
  const [parsed] = parseCatalogue({ models: [entry] }, LIST);
  expect(parsed?.source).toEqual({ kind: 'package', url: 'https://example.org/models/demo/' });
});

test('a stored mixture that does not fit gets the memory that is left for its experts', () => {
  const { storedBytes, expertBytes } = model('qwen3-vl-30b-a3b-instruct');
  const sizes = { storedBytes, expertBytes };
  expect(expertBudget(sizes, { gpu: device(8 * GIB).gpu, memoryBytes: null })).toBeUndefined();
  const budget = expertBudget(sizes, device(7 * GIB))!;
  expect(budget).toBeGreaterThan(0.05 * expertBytes);
  expect(budget).toBeLessThan(7 * GIB - (storedBytes - expertBytes));
  // On the processor: 4.295 GB − (2.274 + 0.3 + 4,096 tokens × 98,304 B = 0.403) GB.
  const onKernels = 2 ** 32 - 65536 - (storedBytes - expertBytes + 300_000_000 + 4096 * 98_304);
  expect(expertBudget(sizes, { gpu: null, memoryBytes: null })).toBe(onKernels);
  expect(onKernels / expertBytes).toBeGreaterThan(1 / 16);
  expect(expertBudget({ storedBytes: 7e6, expertBytes: 8e5 }, device(4 * GIB))).toBeUndefined();
  expect(expertBudget({ storedBytes: 9e9, expertBytes: 0 }, device(4 * GIB))).toBeUndefined();
});
