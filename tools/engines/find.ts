// Finds the engines beside Chromium: named in the environment, in the usual places, or freshly installed by the
// system's package manager where that needs no question. Without one its walks are skipped.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { WebKitFiles } from './webkit.ts';

/** What there is, or a sentence that says why not. */
export type Found<T> = { files: T } | { lacking: string };

const MINI_BROWSER = 'webkit2gtk-4.1/MiniBrowser';

export function findFirefox(): Found<string> {
  const named = process.env.FIREFOX_PATH;
  if (named !== undefined && named !== '') return { files: named };
  const look = (): string | undefined =>
    onPath('firefox-esr') ??
    onPath('firefox') ??
    ['/Applications/Firefox.app/Contents/MacOS/firefox'].find((path) => existsSync(path));
  const found = look() ?? installed('firefox-esr', look);
  return found === undefined
    ? { lacking: 'There is no Firefox: install firefox-esr, or name its executable in FIREFOX_PATH.' }
    : { files: found };
}

export function findWebKit(): Found<WebKitFiles> {
  const look = (): WebKitFiles | undefined => {
    const [driver, xvfb] = [onPath('WebKitWebDriver'), onPath('Xvfb')];
    const miniBrowser = libraryFolders()
      .map((folder) => join(folder, MINI_BROWSER))
      .find((path) => existsSync(path));
    return driver && xvfb && miniBrowser ? { driver, xvfb, miniBrowser } : undefined;
  };
  const found = look() ?? installed('webkit2gtk-driver xvfb', look);
  return found === undefined
    ? { lacking: 'There is no WebKit: it is driven on Linux, with webkit2gtk-driver and xvfb installed.' }
    : { files: found };
}

/** Debian has one for each architecture. */
function libraryFolders(): string[] {
  if (!existsSync('/usr/lib')) return [];
  return ['/usr/libexec', '/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name))];
}

/** As root on Debian only. */
function installed<T>(packages: string, look: () => T | undefined): T | undefined {
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

function onPath(command: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
