import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseModelConfig } from '../format/parse-model-config.ts';
import { parseManifest } from '../format/parse-manifest.ts';
import { packageSizes } from './package-sizes.ts';

const json = (file: string): unknown => JSON.parse(readFileSync(`public/models/${file}`, 'utf8'));

test('a package has the sizes that the catalogue lists', () => {
  const sizes = packageSizes(
    parseManifest(json('demo/manifest.json')),
    parseModelConfig(json('demo/config.json')),
  );
  const [listed] = (json('index.json') as { models: (typeof sizes)[] }).models;
  const { expertBytes, halfBytes, cacheBytesPerToken, largestArrayBytes } = sizes;
  expect(listed).toMatchObject({ expertBytes, halfBytes, cacheBytesPerToken, largestArrayBytes });
  // The catalogue counts the manifest too.
  expect(Math.abs(sizes.storedBytes / (listed?.storedBytes ?? 0) - 1)).toBeLessThan(0.01);
});
