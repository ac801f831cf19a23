// Builds and packs the package, and makes npm install it offline into a separate project, as a user of the package
// would.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const TOP = resolve(import.meta.dirname, '../../..');

export interface Installed {
  /** A project that depends on the package, with the examples in it. */
  project: string;
  tarball: string;
  remove(): void;
}

/**
 * Installs the package. The project lies outside of the repository, so that an import fails if the package does not
 * declare it. The project's dependencies are links to the repository's own packages, so that npm fetches nothing.
 */
export function installPackage(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-package-'));
  const project = join(folder, 'project');
  run(process.execPath, ['--import', 'tsx', 'tools/build/package/build.ts'], TOP);
  const packed = npm(['pack', resolve(TOP, 'dist-package'), '--pack-destination', folder, '--json'], TOP);
  // Older versions of npm print a list, newer versions an object.
  const [one] = Object.values(JSON.parse(packed) as Record<string, { filename: string }>);
  const tarball = join(folder, one?.filename ?? '');
  const manifest = JSON.parse(readFileSync(resolve(TOP, 'dist-package/package.json'), 'utf8')) as {
    name: string;
    dependencies: Record<string, string>;
  };
  const dependencies: Record<string, string> = { [manifest.name]: `file:${tarball}` };
  for (const name of [...Object.keys(manifest.dependencies), 'sharp']) {
    dependencies[name] = `file:${resolve(TOP, 'node_modules', name)}`;
  }
  cpSync(resolve(import.meta.dirname, 'project'), project, { recursive: true });
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies }),
  );
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], project);
  return { project, tarball, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a program and returns its output. */
export function run(program: string, args: string[], cwd: string): string {
  return execFileSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
}

function npm(args: string[], cwd: string): string {
  const isWindows = process.platform === 'win32';
  return execFileSync(isWindows ? 'npm.cmd' : 'npm', args, { cwd, encoding: 'utf8', shell: isWindows });
}
