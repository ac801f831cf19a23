// Seeded damage to files, of the kinds that disks, networks and people cause.

import { random } from '../support/random.ts';

export type Random = () => number;

/** The same seed gives the same damage. */
export function randomFrom(seed: number): Random {
  return random(seed);
}

const below = (next: Random, limit: number): number => Math.floor(next() * limit);

/** Makes one to eight changes: bits, bytes, runs of zeros, a cut, a duplicated or removed piece, extreme numbers. */
export function damageBytes(bytes: Uint8Array, next: Random): Uint8Array<ArrayBuffer> {
  let result = new Uint8Array(bytes);
  for (let change = 1 + below(next, 8); change > 0 && result.length > 0; change--) {
    // Parsers depend on the header, so half of the changes hit the first 200 bytes.
    const at = below(next, next() < 0.5 ? Math.min(200, result.length) : result.length);
    const length = 1 + below(next, Math.min(64, result.length - at));
    switch (below(next, 7)) {
      case 0:
        result[at]! ^= 1 << below(next, 8);
        break;
      case 1:
        result[at] = below(next, 256);
        break;
      case 2:
        result.fill(0, at, at + length);
        break;
      case 3:
        result.fill(255, at, at + Math.min(4, length));
        break;
      case 4:
        result = result.slice(0, at);
        break;
      case 5:
        result = joined(result.slice(0, at + length), result.slice(at));
        break;
      default:
        result = joined(result.slice(0, at), result.slice(at + length));
    }
  }
  return result;
}

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e308,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  '',
  'x'.repeat(10_000),
  '../../etc/passwd',
  '__proto__',
  'javascript:alert(1)',
  'https://evil.example.org/',
  '\u0000\ud800',
  [],
  {},
  [[[[]]]],
  { length: 1e9 },
];

/** A value with one to four of its fields replaced, dropped, doubled or moved. */
export function damageJson(value: unknown, next: Random): unknown {
  let result: unknown = structuredClone(value);
  for (let change = 1 + below(next, 4); change > 0; change--) result = damageOne(result, next);
  return result;
}

function damageOne(value: unknown, next: Random): unknown {
  if (typeof value !== 'object' || value === null || next() < 0.02) return ODD[below(next, ODD.length)];
  const keys = Object.keys(value);
  const key = keys[below(next, keys.length)];
  if (key === undefined) return ODD[below(next, ODD.length)];
  const record = value as Record<string, unknown>;
  const choice = next();
  // Descend in most cases, because most fields lie deep in the tree.
  if (typeof record[key] === 'object' && record[key] !== null && next() < 0.8) {
    record[key] = damageOne(record[key], next);
  } else if (choice < 0.2) {
    if (Array.isArray(value)) value.splice(Number(key), 1);
    else Reflect.deleteProperty(record, key);
  } else if (choice < 0.35) {
    record[keys[below(next, keys.length)]!] = record[key];
  } else if (typeof record[key] === 'number' && choice < 0.7) {
    record[key] *= next() < 0.5 ? -1 : 10 ** below(next, 12);
  } else {
    record[key] = ODD[below(next, ODD.length)];
  }
  return value;
}

/** Damages the text's bytes, and sometimes appends an odd string. */
export function damageText(text: string, next: Random): string {
  const bytes = damageBytes(new TextEncoder().encode(text), next);
  const odd = ODD[below(next, ODD.length)];
  const piece = typeof odd === 'string' ? odd : '';
  return new TextDecoder().decode(bytes) + (next() < 0.3 ? piece : '');
}
