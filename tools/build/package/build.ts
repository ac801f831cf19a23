// npm run build:package: builds the engine as a package for other projects, in dist-package/. It is ESM with types, one
// file per entry plus shared parts; imports of other packages stay imports. `npm pack dist-package` makes the tarball.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { kernelsFile } from '../compile-kernels.ts';
import { bundleThread } from '../kernel-files.ts';
import { describePackage } from './describe.ts';
import { writeTypes } from './types.ts';

const top = resolve(import.meta.dirname, '../../..');
const out = resolve(top, process.argv[2] ?? 'dist-package');

/** The entries, by the names of their files. */
const ENTRIES = {
  index: 'src/index.ts',
  node: 'src/node.ts',
  worker: 'workers/engine.worker.ts',
  thread: 'workers/engine-thread.worker.ts',
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const bundle = await rolldown({
  cwd: top,
  input: ENTRIES,
  platform: 'neutral',
  // Packages and Node's own modules stay imports; everything else is a file of this repository.
  external: (id) => /^[^./]/.test(id) && !/^[A-Za-z]:[\\/]/.test(id),
});
const { output } = await bundle.write({ dir: out, format: 'es', chunkFileNames: 'parts/[name]-[hash].js' });
await bundle.close();
const chunks = output.filter((one) => one.type === 'chunk');
const own = new Set(chunks.map(({ fileName }) => fileName));
const imported = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]);

execFileSync(process.execPath, [
  resolve(top, 'node_modules/typescript/bin/tsc'),
  ...['--project', resolve(import.meta.dirname, 'tsconfig.json'), '--outDir', resolve(out, 'types')],
]);
writeTypes(resolve(out, 'types'), Object.values(ENTRIES));

const manifest = describePackage(
  top,
  imported.filter((id) => !own.has(id)),
);
writeFileSync(resolve(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
// The worker and Node look for the kernels in this folder beside themselves.
for (const memory of ['own', 'shared'] as const) {
  cpSync(kernelsFile(memory), resolve(out, `kernels/${memory}.wasm`));
}
writeFileSync(resolve(out, 'kernels/thread.js'), await bundleThread());
cpSync(resolve(top, 'LICENSE'), resolve(out, 'LICENSE'));
cpSync(resolve(top, 'docs/library.md'), resolve(out, 'README.md'));
