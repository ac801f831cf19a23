// npm run mutations: proves that the tests can fail. Each mutation breaks the model in one place, in a copy of the
// sources. The unit and parity tests must fail in such a copy, and must pass in a copy without a mutation. Prints the
// test that caught each mutation. An argument selects the mutations whose names contain it.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Field, parseJson } from '../../../src/format/json-field.ts';

interface Tests {
  args: string[];
  presets: string;
}

/** The tests of the engine, and of its parity with the reference on WASM. */
const ENGINE: Tests = {
  args: [
    'src/engine',
    'tools/tests/parity/wasm.test.ts',
    // Exclude the built-in model's own check, which would catch most mutations without naming a stage.
    '--exclude=src/engine/self-check/model-check.test.ts',
  ],
  presets: 'exact',
};
/** The parity tests of the processor engine, which computes with its own kernels. */
const PROCESSOR: Tests = {
  args: ['tools/tests/parity/kernels.test.ts', '-t', String.raw`(dense-tied|moe-untied)\W+balanced`],
  presets: 'balanced',
};

/** The crew of threads, on operations alone and in the whole engine. */
const THREADS: Tests = {
  args: ['src/kernels/threads.test.ts', 'tools/tests/parity/kernels.test.ts', '-t', 'the same bits'],
  presets: '',
};

interface Mutation {
  name: string;
  file: string;
  /** The tests that must fail; if omitted, those of ENGINE. */
  tests?: Tests;
  /** Each `from` must occur in the file exactly once. */
  replace: [from: string, to: string][];
}

const MUTATIONS: Mutation[] = [
  {
    name: 'DeepStack left out',
    file: 'src/graph/text-layers.ts',
    replace: [['const hasTap = layer < this.#taps;', 'const hasTap = this.#taps < 0;']],
  },
  {
    name: 'M-RoPE in contiguous sections',
    file: 'src/engine/decoder/rotary-tables.ts',
    replace: [
      ['if (j % 3 === 1 && j < 3 * mropeSection[1]) return 1;', 'if (j < mropeSection[0]) return 0;'],
      [
        'if (j % 3 === 2 && j < 3 * mropeSection[2]) return 2;',
        'return j < mropeSection[0] + mropeSection[1] ? 1 : 2;',
      ],
    ],
  },
  {
    name: 'position table sampled at half-pixels',
    file: 'src/engine/vision/vision-positions.ts',
    replace: [
      [
        'const source = fround(fround(i * (side - 1)) / Math.max(size - 1, 1));',
        'const source = Math.min(Math.max(((i + 0.5) * side) / size - 0.5, 0), side - 1);',
      ],
    ],
  },
  {
    name: 'gate and up swapped (dense)',
    file: 'src/graph/layers.ts',
    replace: [
      ['`${name}.up_proj.weight`', '`${name}.gate_proj.weight` as string'],
      ['[this.linear(x, `${name}.gate_proj.weight`)]', '[this.linear(x, `${name}.up_proj.weight`)]'],
    ],
  },
  {
    name: 'gate and up swapped (experts)',
    file: 'src/convert/expert-weights.ts',
    replace: [['(c < inner ? 2 * c : 2 * (c - inner) + 1)', '(c < inner ? 2 * c + 1 : 2 * (c - inner))']],
  },
  {
    name: 'router weights not renormalised',
    file: 'src/graph/mixture.ts',
    replace: [['normalize_routing_weights: 1', 'normalize_routing_weights: 0']],
  },
  {
    name: 'positions advance by the number of picture tokens',
    file: 'src/engine/prompt/token-positions.ts',
    replace: [['next += Math.max(slot.height, slot.width);', 'next += slot.height * slot.width;']],
  },
  {
    name: 'Math.round in smart_resize',
    file: 'src/engine/preprocess/round-half-even.ts',
    replace: [
      [
        'const below = Math.floor(value);',
        'if (value > 0) return Math.round(value);\n  const below = Math.floor(value);',
      ],
    ],
  },
  {
    name: 'processor: neighbours rotated, not halves',
    tests: PROCESSOR,
    file: 'src/kernels/assembly/heads.ts',
    replace: [
      ['const a = load<f32>(x + i);', 'const a = load<f32>(x + 2 * i);'],
      ['const b = load<f32>(x + half + i);', 'const b = load<f32>(x + 2 * i + 4);'],
      ['store<f32>(x + i, a * c - b * s);', 'store<f32>(x + 2 * i, a * c - b * s);'],
      ['store<f32>(x + half + i, b * c + a * s);', 'store<f32>(x + 2 * i + 4, b * c + a * s);'],
    ],
  },
  {
    name: 'processor: DeepStack taps in reverse order',
    tests: PROCESSOR,
    file: 'src/engine/processor/decoder-program.ts',
    replace: [['tables[index + 1]', 'tables.toReversed()[index]']],
  },
  {
    name: 'processor: gate and up swapped (dense)',
    tests: PROCESSOR,
    file: 'src/engine/processor/decoder-program.ts',
    replace: [
      ['{ matrix: network.gate,', '{ matrix: network.up as never,'],
      ['{ matrix: network.up,', '{ matrix: network.gate,'],
    ],
  },
  {
    name: 'processor: gate and up swapped (experts)',
    tests: PROCESSOR,
    file: 'src/engine/processor/mixture-program.ts',
    replace: [["step: 'swigluPairs'", "step: 'swigluHalves'"]],
  },
  {
    name: 'processor: each block has the scale of the first',
    tests: PROCESSOR,
    file: 'src/kernels/assembly/packed-panels.ts',
    replace: [['fromHalf(load<u16>(s))', 'fromHalf(load<u16>(scales))']],
  },
  {
    name: 'processor: each token sees the next one',
    tests: PROCESSOR,
    file: 'src/kernels/assembly/attention.ts',
    replace: [['op.first + row + 1 - start', 'op.first + row + 2 - start']],
  },
  {
    name: 'processor: threads wait for each other only at the end of a program',
    tests: THREADS,
    file: 'src/kernels/assembly/index.ts',
    replace: [
      [
        'if (threads > 1 && load<i32>(at, 4) != 0) barrier',
        'if (threads > 1 && at + OPERATION_BYTES >= end) barrier',
      ],
    ],
  },
  {
    name: 'processor: no thread waits for the attention of the others',
    tests: THREADS,
    file: 'src/engine/processor/decoder-program.ts',
    replace: [["program.add('attend'", "program.addUnwaited('attend'"]],
  },
  {
    name: 'processor: no thread waits for the products of the others',
    tests: THREADS,
    file: 'src/engine/processor/layer-program.ts',
    replace: [["this.program.add('product', fields)", "this.program.addUnwaited('product', fields)"]],
  },
];

const top = resolve(import.meta.dirname, '../../..');
const copy = join(top, '.cache/mutant');
const chosen = MUTATIONS.filter(({ name }) => name.includes(process.argv[2] ?? ''));
for (const tests of new Set(chosen.map((mutation) => mutation.tests ?? ENGINE))) {
  const sound = failureIn(undefined, tests);
  if (sound !== undefined) throw new Error(`Fails without a mutation: ${sound}`);
}
const rows = chosen.map((mutation) => ({
  mutation,
  caught: failureIn(mutation, mutation.tests ?? ENGINE),
}));
const width = Math.max(...chosen.map(({ name }) => name.length));
for (const { mutation, caught } of rows) {
  console.log(`${mutation.name.padEnd(width)}  ${caught ?? 'NOT CAUGHT'}`);
}
const survivors = rows.filter(({ caught }) => caught === undefined).length;
console.log(`${rows.length - survivors} of ${rows.length} mutations caught`);
process.exitCode = survivors === 0 ? 0 : 1;

/** The first test that fails in a copy, with the mutation if one is given; undefined if none fails. */
function failureIn(mutation: Mutation | undefined, { args, presets }: Tests): string | undefined {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of [
    'src',
    'tools',
    'workers',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    'svelte.config.js',
  ]) {
    cpSync(join(top, name), join(copy, name), {
      recursive: true,
      filter: (path) => !path.includes('demo-model'),
    });
  }
  symlinkSync(join(top, 'node_modules'), join(copy, 'node_modules'));
  if (mutation !== undefined) {
    const file = join(copy, mutation.file);
    writeFileSync(file, mutated(readFileSync(file, 'utf8'), mutation));
  }
  const report = join(copy, 'report.json');
  spawnSync(
    process.execPath,
    [
      join(top, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...args,
      '--bail=1',
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    { cwd: copy, stdio: 'ignore', env: { ...process.env, PARITY_PRESETS: presets } },
  );
  return firstFailure(report);
}

function mutated(source: string, { name, file, replace }: Mutation): string {
  let text = source;
  for (const [from, to] of replace) {
    if (text.split(from).length !== 2)
      throw new Error(`"${name}" does not find its place in ${file}: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

function firstFailure(report: string): string | undefined {
  const json = new Field(parseJson(readFileSync(report, 'utf8'), report, 'bug'), 'report ', 'bug');
  if (json.at('numFailedTests').number() + json.at('numPassedTests').number() === 0) {
    throw new Error('No test ran.');
  }
  for (const file of json.at('testResults').items()) {
    for (const result of file.at('assertionResults').items()) {
      if (result.at('status').string() === 'failed') return result.at('fullName').string();
    }
  }
  return undefined;
}
