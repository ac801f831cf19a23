// Finds a Chromium for the browser tests: the one named in CHROMIUM_PATH, one in the usual places, Playwright's own, or
// one that the system's package manager installs on demand.

import { chromium } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];

/** The executable's path, or undefined. Fails if CHROMIUM_PATH names a missing file. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
  }
  return [...usualPlaces(), chromium.executablePath()].find((path) => path !== '' && existsSync(path));
}

/** Like findChromium, but installs a Chromium if that needs no confirmation; otherwise fails with instructions. */
export function findOrInstallChromium(): string {
  const found = findChromium();
  if (found !== undefined) return found;
  for (const [command, ...args] of installCommands()) {
    if (command === undefined || !isOnPath(command)) continue;
    console.log(`No Chromium found. Installing: ${[command, ...args].join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    try {
      execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    } catch {
      break;
    }
  }
  const installed = findChromium();
  if (installed !== undefined) return installed;
  throw new Error(
    'The browser tests need Chromium: install it with your package manager or with ' +
      '`npx playwright install chromium`, or name its executable in CHROMIUM_PATH.',
  );
}

function usualPlaces(): string[] {
  switch (platform()) {
    case 'darwin': {
      const apps = ['Chromium', 'Google Chrome', 'Microsoft Edge'];
      const roots = ['/Applications', join(homedir(), 'Applications')];
      return roots.flatMap((root) => apps.map((app) => join(root, `${app}.app`, 'Contents', 'MacOS', app)));
    }
    case 'win32': {
      const roots = [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA];
      const apps = ['Chromium/Application/chrome.exe', 'Google/Chrome/Application/chrome.exe'];
      return roots.flatMap((root) => (root === undefined ? [] : apps.map((app) => join(root, app))));
    }
    default: {
      const folders = [
        ...(process.env.PATH ?? '').split(delimiter),
        '/usr/bin',
        '/usr/local/bin',
        '/snap/bin',
      ];
      const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
      return [...onPath, '/opt/google/chrome/chrome'];
    }
  }
}

/** Package managers that may be used without confirmation: as root, or if they need no root. */
function installCommands(): string[][] {
  if (platform() === 'darwin') return [['brew', 'install', '--cask', 'chromium']];
  if (process.getuid?.() !== 0) return [];
  if (isOnPath('apt-get')) {
    return [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
    ];
  }
  return [
    ['dnf', 'install', '-y', 'chromium'],
    ['apk', 'add', 'chromium'],
  ];
}

function isOnPath(command: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}
