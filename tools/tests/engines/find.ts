// Finds the engines other than Chromium: named in the environment, in the usual places, or installed by the system's
// package manager if that needs no confirmation. If an engine is missing, its walks are skipped.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installed, onPath, type Found } from '../support/packages.ts';
import type { WebKitFiles } from './webkit.ts';

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

/** Debian has one library folder per architecture. */
function libraryFolders(): string[] {
  if (!existsSync('/usr/lib')) return [];
  return ['/usr/libexec', '/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name))];
}
