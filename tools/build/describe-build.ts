// A Vite plugin that describes the build in files beside it: the third-party notices, the bill of materials, and
// SHA256SUMS, which `sha256sum -c` reads. Builds of the same sources are identical byte for byte.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Plugin } from 'vite';
import { inOrder, type Dependency } from './dependencies.ts';
import { notices } from './notices.ts';
import { billOfMaterials } from './sbom.ts';

export const NOTICES_FILE = 'third-party-notices.txt';
export const SBOM_FILE = 'sbom.cdx.json';
export const SUMS_FILE = 'SHA256SUMS';

export function describeBuild(options: {
  outDir: string;
  /** Path of the app's package.json. */
  manifest: string;
  dependencies: ReadonlyMap<string, Dependency>;
}): Plugin {
  const { outDir, manifest } = options;
  return {
    name: 'describe-build',
    apply: 'build',
    closeBundle: {
      sequential: true,
      handler() {
        const app = JSON.parse(readFileSync(manifest, 'utf8')) as Record<
          'name' | 'version' | 'license',
          string
        >;
        const dependencies = inOrder(options.dependencies);
        writeFileSync(join(outDir, NOTICES_FILE), notices(dependencies));
        writeFileSync(join(outDir, SBOM_FILE), billOfMaterials(app, dependencies));
        writeFileSync(join(outDir, SUMS_FILE), sums(outDir));
      },
    },
  };
}

/** The contents of SHA256SUMS: one line per file, in the same order on every machine. */
export function sums(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name !== SUMS_FILE)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('');
}
