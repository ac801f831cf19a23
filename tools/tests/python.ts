// Lints all Python code, and tests that of the built-in model, in a virtual environment under .cache. Without Python,
// this step skips everything. Tests that need the fonts of the scenes are skipped unless the system is Debian and the
// user is root, so that the fonts can be installed. Tests that need PyTorch are skipped, because its Linux packages
// include 3 GB of CUDA. A sentence says what was skipped.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onPath } from './support/packages.ts';

const REQUIREMENTS = 'tools/tests/python-requirements.txt';
const FOLDER = resolve('.cache', 'python');
const BIN = join(FOLDER, process.platform === 'win32' ? 'Scripts' : 'bin');
/** A copy of the requirements that are installed. */
const INSTALLED = join(FOLDER, 'requirements.txt');
const DEMO_MODEL = 'tools/demo-model';

const python = ['python3', 'python'].map((name) => onPath(name)).find((path) => path !== undefined);
if (python === undefined) console.log('Skipped: there is no Python.');
else if (!install(python)) console.log('Skipped: Python packages cannot be installed here.');
else {
  packFonts();
  const succeeded = [
    run(join(BIN, 'ruff'), ['check', 'tools']),
    run(join(BIN, 'python'), ['-m', 'unittest', 'discover', '--pattern', 'test_*.py'], DEMO_MODEL),
  ];
  process.exitCode = succeeded.every(Boolean) ? 0 : 1;
}

/**
 * Makes the environment unless there is one with these requirements. Returns false if that is not possible on this
 * machine.
 */
function install(python: string): boolean {
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return true;
  try {
    execFileSync(python, ['-m', 'venv', '--clear', FOLDER], { stdio: 'inherit' });
    execFileSync(join(BIN, 'python'), ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS], {
      stdio: 'inherit',
    });
  } catch {
    return false;
  }
  writeFileSync(INSTALLED, wanted);
  return true;
}

function packFonts(): void {
  if (existsSync(join(DEMO_MODEL, '.cache', 'fonts', 'fonts.json'))) return;
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) return;
  run('sh', [join(DEMO_MODEL, 'fonts.sh')]);
}

function run(command: string, args: string[], cwd = '.'): boolean {
  const env = { ...process.env, PYTHON: join(BIN, 'python'), DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
