// A Vulkan driver that computes in f16 without a GPU: Mesa's lavapipe, version 24 or later (Dawn rejects Debian 12's
// own 22.3). The driver is unpacked into the cache and never installed, so that the system stays unchanged.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CACHE = resolve('.cache/mesa');
const SOURCE = 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian';

/**
 * The environment variables with which Dawn finds the driver, or the reason why there is none. It is downloaded only on
 * Debian 12, from its backports, and only as root.
 */
export function findOrFetchMesa(): Record<string, string> | string {
  if (process.env.VK_ICD_FILENAMES !== undefined) return {};
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'Mesa is fetched on x86-64 Linux only';
  if (!existsSync(icdFile())) {
    if (!isDebian12() || process.getuid?.() !== 0) return 'Mesa is fetched as root on Debian 12 only';
    try {
      fetchMesa();
    } catch (error) {
      rmSync(CACHE, { recursive: true, force: true });
      return `Mesa cannot be fetched: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const libraries = join(CACHE, 'root/usr/lib/x86_64-linux-gnu');
  return { VK_ICD_FILENAMES: icdFile(), LD_LIBRARY_PATH: libraries };
}

function icdFile(): string {
  return join(CACHE, 'lavapipe.json');
}

function isDebian12(): boolean {
  return (
    existsSync('/etc/os-release') &&
    readFileSync('/etc/os-release', 'utf8').includes('VERSION_CODENAME=bookworm')
  );
}

function fetchMesa(): void {
  rmSync(CACHE, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'archives/partial', 'root']) {
    mkdirSync(join(CACHE, folder), { recursive: true });
  }
  const list = join(CACHE, 'sources.list');
  writeFileSync(list, `${SOURCE} bookworm main\n${SOURCE} bookworm-backports main\n`);
  const settings = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(CACHE, 'lists')}`,
    `Dir::Cache::archives=${join(CACHE, 'archives')}`,
    // Download only required dependencies that the system lacks, and install none.
    'APT::Install-Recommends=0',
  ].flatMap((setting) => ['-o', setting]);
  const apt = (...args: string[]): void => {
    execFileSync('apt-get', [...settings, '-qq', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  apt('update');
  apt('install', '--yes', '--download-only', '-t', 'bookworm-backports', 'mesa-vulkan-drivers', 'libvulkan1');
  for (const file of readdirSync(join(CACHE, 'archives'))) {
    if (file.endsWith('.deb'))
      execFileSync('dpkg', ['-x', join(CACHE, 'archives', file), join(CACHE, 'root')]);
  }
  const library = join(CACHE, 'root/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so');
  if (!existsSync(library)) throw new Error('the packages hold no lavapipe');
  rmSync(join(CACHE, 'archives'), { recursive: true });
  writeFileSync(
    icdFile(),
    JSON.stringify({ file_format_version: '1.0.0', ICD: { api_version: '1.4.0', library_path: library } }),
  );
}
