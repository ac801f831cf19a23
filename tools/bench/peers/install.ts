// Installs the programs with which bench:peers compares Darkroom. They are not dependencies of the project.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PEERS = resolve(import.meta.dirname, '../../../.cache/peers');

const DEPENDENCIES = { '@wllama/wllama': '3.13.0', 'node-llama-cpp': '3.22.1' };

/**
 * Installs without install scripts, because node-llama-cpp would otherwise compile llama.cpp if its binaries do not
 * fit.
 */
export function installPeers(): void {
  const wanted = JSON.stringify({ private: true, type: 'module', dependencies: DEPENDENCIES }, null, 2);
  const file = join(PEERS, 'package.json');
  const done = join(PEERS, 'installed.json');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return;
  mkdirSync(PEERS, { recursive: true });
  writeFileSync(file, wanted);
  const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];
  execFileSync('npm', options, { cwd: PEERS, stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(done, wanted);
}
