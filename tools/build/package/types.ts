// Prepares the declarations that tsc has written: keeps those that the entries need, and makes their imports end in
// .js.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const RELATIVE = /((?:from|import)\s*\(?\s*')(\.{1,2}\/[^']+)\.ts'/g;

/** `entries`: source files, relative to the repository's root. */
export function writeTypes(folder: string, entries: readonly string[]): void {
  const wanted = new Set<string>();
  const follow = (source: string): void => {
    const file = source.replace(/\.ts$/, '.d.ts');
    if (wanted.has(file)) return;
    wanted.add(file);
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, , path] of text.matchAll(RELATIVE)) follow(join(dirname(source), `${path ?? ''}.ts`));
    writeFileSync(join(folder, file), text.replace(RELATIVE, "$1$2.js'"));
  };
  entries.forEach((entry) => follow(join(entry)));
  const written = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  for (const { parentPath, name } of written) {
    const path = resolve(parentPath, name);
    if (!wanted.has(relative(folder, path))) rmSync(path);
  }
}
