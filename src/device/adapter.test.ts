import { expect, test } from 'vitest';
import { adapterChoice, adapterName, describeAdapter, isSoftware } from './adapter.ts';

const info = (vendor: string, architecture: string, description = '') => ({
  ...{ vendor, architecture, description, device: '' },
});
const INTEL = info('intel', 'gen-12lp');
const NVIDIA = info('nvidia', 'ampere');

test('an adapter is named by its description, else by vendor and architecture', () => {
  expect(adapterName(info('nvidia', 'ampere', 'NVIDIA GeForce RTX 3060'))).toBe('NVIDIA GeForce RTX 3060');
  expect(adapterName(NVIDIA)).toBe('nvidia ampere');
  expect(adapterName(info('', ''))).toBe('');
});

test('of two adapters, the slower one is recognised, whichever way round the browser gives them', () => {
  expect(adapterChoice(INTEL, NVIDIA, true)).toBe('slower');
  expect(adapterChoice(NVIDIA, INTEL, true)).toBe('best-known');
});

test('if both preferences give an integrated adapter, there may be a faster one, but only on desktop systems', () => {
  expect(adapterChoice(INTEL, INTEL, true)).toBe('perhaps-slower');
  expect(adapterChoice(INTEL, null, true)).toBe('perhaps-slower');
  expect(adapterChoice(INTEL, INTEL, false)).toBe('best-known');
  expect(adapterChoice(info('amd', 'gcn-5', 'AMD Radeon(TM) Graphics'), null, true)).toBe('perhaps-slower');
});

test('no claim is made if the names do not decide: a discrete card, an unknown vendor, a phone', () => {
  for (const used of [
    NVIDIA,
    info('intel', 'xe-hpg'),
    info('amd', 'rdna-3'),
    info('', ''),
    info('qualcomm', 'adreno-7xx'),
  ]) {
    expect(adapterChoice(used, null, true)).toBe('best-known');
  }
});

test('a software adapter is recognised by its names', () => {
  expect(isSoftware(describeAdapter(info('google', 'swiftshader')))).toBe(true);
  expect(isSoftware(describeAdapter(NVIDIA))).toBe(false);
});
