import { expect, test } from 'vitest';
import type { Fit, KeptModel, Offer } from '../../contract/weights.ts';
import { listEntries } from '../models/entries.ts';
import { shelves } from './order.ts';

const source = { kind: 'package', url: 'https://h/' } as const;

function offer(id: string, verdict: Fit['verdict']): Offer {
  const figures = {
    downloadBytes: 1,
    storedBytes: 1,
    expertBytes: 0,
    tokenBytes: 1,
    halfBytes: 0,
    cacheBytesPerToken: 0,
  };
  const model = { id, name: id, source, license: '', parameters: 1, ...figures, largestArrayBytes: 1 };
  return { model, fit: { verdict, reasons: [] }, memoryBytes: 1 };
}
const kept = (id: string): KeptModel => ({
  ...{ id, name: id, source, state: 'ready', keptBytes: 1, totalBytes: 1, preset: 'exact' },
});
const ids = (entries: { request: { id: string } }[]): string[] => entries.map((entry) => entry.request.id);

test('models that fit come first, models that are too large last, and stored models apart', () => {
  const entries = listEntries({
    offers: [
      offer('giant', 'too-large'),
      offer('mid', 'fits-paged'),
      offer('small', 'fits'),
      offer('tiny', 'fits'),
    ],
    packages: [{ id: 'own', name: 'own', source }],
    kept: [kept('tiny'), kept('old')],
    downloads: [],
  });
  const { here, families, others } = shelves(entries);
  expect(ids(here)).toEqual(['tiny', 'old']);
  expect(families.map(({ name }) => name)).toEqual(['small', 'tiny', 'mid', 'giant']);
  expect(ids(others)).toEqual(['own']);
});

test('a model that is both offered and stored is one entry', () => {
  const entries = listEntries({
    offers: [offer('a', 'fits')],
    packages: [],
    kept: [kept('a')],
    downloads: [],
  });
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({ offer: { fit: { verdict: 'fits' } }, kept: { state: 'ready' } });
});
