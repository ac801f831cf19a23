// The steps of `npm test`, in order: what is quick to say no comes first.

export interface Step {
  name: string;
  command: string;
  args: string[];
  /** A report this step writes, from which its tests are counted. */
  report?: { file: string; kind: 'vitest' | 'playwright' };
}

export const VITEST_REPORT = '.cache/vitest.json';
export const PLAYWRIGHT_REPORT = '.cache/playwright.json';
const ENGINES_REPORT = '.cache/engines.json';

export const STEPS: Step[] = [
  { name: 'types', command: 'svelte-check', args: ['--tsconfig', './tsconfig.json', '--fail-on-warnings'] },
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'unit and parity',
    command: 'vitest',
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`],
    report: { file: VITEST_REPORT, kind: 'vitest' },
  },
  { name: 'build', command: 'vite', args: ['build', '--logLevel', 'warn'] },
  {
    name: 'build of the harness',
    command: 'vite',
    args: ['build', '--logLevel', 'warn', '--config', 'tools/parity/vite.config.ts'],
  },
  {
    name: 'build of the weights page',
    command: 'vite',
    args: ['build', '--logLevel', 'warn', '--config', 'tools/weights/vite.config.ts'],
  },
  {
    name: 'build of the robustness page',
    command: 'vite',
    args: ['build', '--logLevel', 'warn', '--config', 'tools/robust/vite.config.ts'],
  },
  {
    name: 'browser',
    command: 'playwright',
    args: ['test'],
    report: { file: PLAYWRIGHT_REPORT, kind: 'playwright' },
  },
  {
    name: 'engines',
    command: 'vitest',
    args: [
      ...['run', '--config', 'tools/engines/vitest.config.ts'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${ENGINES_REPORT}`],
    ],
    report: { file: ENGINES_REPORT, kind: 'vitest' },
  },
  { name: 'soak', command: 'tsx', args: ['tools/soak/soak.ts', '--questions', '20'] },
  { name: 'f16', command: 'tsx', args: ['tools/parity/f16.ts'] },
  { name: 'mutations', command: 'tsx', args: ['tools/parity/mutations.ts'] },
];
