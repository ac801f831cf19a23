// Compares the fields of the operations with those of the classes through which the kernels read them.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { compileKernels } from '../../tools/build/compile-kernels.ts';
import { FIELDS, OPERATION_WORDS } from './operations.ts';

const SOURCES = resolve(import.meta.dirname, 'assembly');
const source = readdirSync(SOURCES)
  .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
  .join('\n');

test.each(Object.entries(FIELDS))('the kernels read the fields of %s in the same order', (name, fields) => {
  const title = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  const body = new RegExp(`@unmanaged\nexport class ${title} \\{([^}]*)\\}`).exec(source)?.[1] ?? '';
  const read = Array.from(body.matchAll(/^ {2}(\w+): (?:i32|usize|f32);/gm), (match) => match[1]);
  expect(read).toEqual(['code', 'wait', ...fields]);
  expect(read.length).toBeLessThanOrEqual(OPERATION_WORDS);
});

test('the compiled kernels write nothing into memory by themselves', () => {
  // A module's data would overwrite memory that the arena hands out. Some functions of AssemblyScript's Math bring such
  // data, because they use tables.
  const binary = compileKernels('own');
  const sections: number[] = [];
  for (let at = 8; at < binary.length;) {
    sections.push(binary[at++]!);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  expect(sections).toContain(10); // code
  expect(sections).not.toContain(11); // data
});

test('the kernels know the operations by their places in the list', () => {
  const cases = Array.from(source.matchAll(/case (\d+):\n\s+(\w+?)(?:Rows)?\(/g), (match) => [
    match[1],
    match[2],
  ]);
  expect(cases).toEqual(Object.keys(FIELDS).map((name, code) => [String(code), name]));
});
