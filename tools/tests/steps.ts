// The steps of the tests, in order: steps that can fail quickly come first.

export interface Step {
  name: string;
  /**
   * `npm test` runs the quick steps, which take at most ten minutes on two idle cores; `npm run test:all` runs all
   * steps.
   */
  part: Part;
  command: string;
  args: string[];
  /** The report that this step writes; its tests are counted from it. */
  report?: { file: string; kind: 'vitest' | 'playwright' };
}

export const PARTS = ['quick', 'rest'] as const;
export type Part = (typeof PARTS)[number];

export const VITEST_REPORT = '.cache/vitest.json';
export const PLAYWRIGHT_REPORT = '.cache/playwright.json';
const ENGINES_REPORT = '.cache/engines.json';
const PACKAGE_REPORT = '.cache/package.json';

/** The tag in the names of the page's main walks and of a short parity run on WebGPU. */
const MAIN = '@main';
/** The tag in the name of the test that removes each wall in turn. */
const WALLS = '@walls';

const build = (...args: string[]): Pick<Step, 'part' | 'command' | 'args'> => ({
  part: 'quick',
  command: 'vite',
  args: ['build', '--logLevel', 'warn', ...args],
});

const browser = (...args: string[]): Pick<Step, 'command' | 'args' | 'report'> => ({
  command: 'playwright',
  args: ['test', ...args],
  report: { file: PLAYWRIGHT_REPORT, kind: 'playwright' },
});

export const STEPS: Step[] = [
  {
    name: 'types',
    part: 'quick',
    command: 'svelte-check',
    args: ['--tsconfig', './tsconfig.json', '--fail-on-warnings'],
  },
  { name: 'lint', part: 'quick', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  {
    name: 'format',
    part: 'quick',
    command: 'prettier',
    args: ['--check', '--log-level', 'warn', '.'],
  },
  {
    name: 'unit and parity',
    part: 'quick',
    command: 'vitest',
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`],
    report: { file: VITEST_REPORT, kind: 'vitest' },
  },
  { name: 'build', ...build() },
  { name: 'build of the harness', ...build('--config', 'tools/tests/parity/vite.config.ts') },
  { name: 'build of the weights page', ...build('--config', 'tools/tests/weights/vite.config.ts') },
  { name: 'build of the robustness page', ...build('--config', 'tools/tests/robust/vite.config.ts') },
  { name: 'main walks', part: 'quick', ...browser('--grep', MAIN) },
  { name: 'browser', part: 'rest', ...browser('--grep-invert', `${MAIN}|${WALLS}`) },
  { name: 'walls', part: 'rest', ...browser('--project', 'privacy', '--grep', WALLS) },
  {
    name: 'engines',
    part: 'rest',
    command: 'vitest',
    args: [
      ...['run', '--config', 'tools/tests/engines/vitest.config.ts'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${ENGINES_REPORT}`],
    ],
    report: { file: ENGINES_REPORT, kind: 'vitest' },
  },
  { name: 'python', part: 'rest', command: 'tsx', args: ['tools/tests/python.ts'] },
  {
    name: 'package',
    part: 'rest',
    command: 'vitest',
    args: [
      ...['run', '--config', 'tools/tests/package/vitest.config.ts'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${PACKAGE_REPORT}`],
    ],
    report: { file: PACKAGE_REPORT, kind: 'vitest' },
  },
  { name: 'same build', part: 'rest', command: 'tsx', args: ['tools/build/check-build.ts'] },
  { name: 'soak', part: 'rest', command: 'tsx', args: ['tools/tests/soak/soak.ts', '--questions', '20'] },
  { name: 'f16', part: 'rest', command: 'tsx', args: ['tools/tests/parity/f16.ts'] },
  { name: 'mutations', part: 'rest', command: 'tsx', args: ['tools/tests/parity/mutations.ts'] },
];
