// Finds programs that a test needs, or installs them with the system's package manager if that needs no confirmation.
// If a program is missing, its test is skipped with a sentence.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The files found, or a sentence that says why there are none. */
export type Found<T> = { files: T } | { lacking: string };

/**
 * Installs Debian packages (names separated by spaces), but only on Debian and as root, and looks for the files again.
 */
export function installed<T>(packages: string, look: () => T | undefined): T | undefined {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) return undefined;
  console.log(`Installing: ${packages}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['-qq', 'update'], { stdio: 'ignore', env });
    const args = ['-qq', 'install', '-y', '--no-install-recommends', ...packages.split(' ')];
    execFileSync('apt-get', args, { stdio: 'ignore', env });
  } catch {
    return undefined;
  }
  return look();
}

export function onPath(command: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
