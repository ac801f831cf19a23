// Builds a copy of the sources in another folder.

import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

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

/** Copies the sources to `folder`, which is empty, calls `change`, and builds the copy into its `dist/`. */
export function buildIn(folder: string, change: () => void = () => undefined): void {
  for (const source of SOURCES) cpSync(source, join(folder, source), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  change();
  const vite = resolve('node_modules/vite/bin/vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`The build ended with ${status}.`);
}
