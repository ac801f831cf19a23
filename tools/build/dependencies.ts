// A Vite plugin that records the third-party packages in the build, which are those with modules in its chunks.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export interface Dependency {
  name: string;
  version: string;
  /** SPDX expression. */
  license: string;
  /** Folder of the package. */
  folder: string;
}

/** Covers the page and its workers: every build that uses this plugin adds to `found`. */
export function noteDependencies(found: Map<string, Dependency>): Plugin {
  return {
    name: 'note-dependencies',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        for (const id of output.moduleIds) {
          const folder = packageFolder(id);
          if (folder !== undefined && !found.has(folder)) found.set(folder, dependencyAt(folder));
        }
      }
    },
  };
}

/** Returns `/a/node_modules/@b/c` for any module below that folder; undefined for modules of this project. */
function packageFolder(id: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1];
}

function dependencyAt(folder: string): Dependency {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  if (typeof name !== 'string' || typeof version !== 'string' || typeof license !== 'string')
    throw new Error(`${folder}/package.json names no version or no license.`);
  return { name, version, license, folder };
}

/** Sorted by name and version, the same on every machine. */
export function inOrder(found: ReadonlyMap<string, Dependency>): Dependency[] {
  const all = Array.from(found.values());
  return all.sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
}
