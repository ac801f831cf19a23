// `npm run test:step "same build"`: builds the sources again in another folder and compares the result with dist/. All
// bytes must be equal and match SHA256SUMS, and each package needs a notice and an entry in the bill of materials.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIn } from './build-copy.ts';
import { NOTICES_FILE, SBOM_FILE, sums, SUMS_FILE } from './describe-build.ts';

const problems: string[] = [];
const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'same-build-'));
try {
  buildIn(folder);
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
