// `npm run test:step "same build"`: builds the sources once more, in another folder, and holds the result against dist/:
// the same bytes, each file as SHA256SUMS says, and a notice and an entry of the bill of materials for each package.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NOTICES_FILE, SBOM_FILE, sums, SUMS_FILE } from './describe-build.ts';

const SOURCES = [
  'src',
  'workers',
  'public',
  'tools',
  'package.json',
  'svelte.config.js',
  'tsconfig.json',
  'vite.config.ts',
];

const problems: string[] = [];
const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'same-build-'));
try {
  for (const source of SOURCES) cpSync(source, join(folder, source), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  const vite = resolve('node_modules/vite/bin/vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`The build ended with ${status}.`);
  const [here, there] = ['dist', join(folder, 'dist')].map((dist) => read(dist, SUMS_FILE).split('\n'));
  const differing = [
    ...here!.filter((line) => !there!.includes(line)),
    ...there!.filter((line) => !here!.includes(line)),
  ];
  problems.push(...differing.map((line) => `differs: ${line}`));
  if (sums('dist') !== read('dist', SUMS_FILE)) problems.push(`${SUMS_FILE} is not what lies in dist/`);
  const { components } = JSON.parse(read('dist', SBOM_FILE)) as {
    components: { name: string; version: string }[];
  };
  const notices = read('dist', NOTICES_FILE);
  for (const { name, version } of components)
    if (!notices.includes(`${name} ${version} (`)) problems.push(`${name} has no notice`);
  if (!components.some(({ name }) => name === 'onnxruntime-web'))
    problems.push('the runtime is not in the bill');
  console.log(`${here!.length - 1} files, ${components.length} packages of others`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'The two builds are the same.' : 'The two builds differ.');
process.exitCode = problems.length === 0 ? 0 : 1;
