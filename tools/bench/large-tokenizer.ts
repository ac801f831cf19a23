// A copy of a package whose tokenizer has as many words as the published one, so that its memory can be measured. Its
// shards are links to those of the package.

import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WORDS = 151_643;

interface TokenizerFile {
  model: { vocab: Record<string, number>; merges: [string, string][] };
  added_tokens: { id: number }[];
}

/** Returns the copy's folder. */
export function withLargeTokenizer(folder: string): Promise<string> {
  const copy = `${folder}-large-tokenizer`;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const name of readdirSync(folder)) linkSync(join(folder, name), join(copy, name));
  const path = join(copy, 'tokenizer.json');
  const text = enlarged(readFileSync(path, 'utf8'));
  replace(path, text);
  const manifestPath = join(copy, 'manifest.json');
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as {
    files: { name: string; bytes: number; sha256: string }[];
  };
  for (const file of manifest.files) {
    if (file.name !== 'tokenizer.json') continue;
    file.bytes = Buffer.byteLength(text);
    file.sha256 = createHash('sha256').update(text).digest('hex');
  }
  replace(manifestPath, JSON.stringify(manifest));
  return Promise.resolve(copy);
}

/** Replaces a file of the copy. The file may be a link, and writing to a link would change the package. */
function replace(path: string, text: string): void {
  rmSync(path);
  writeFileSync(path, text);
}

/** Adds words, each of which joins two earlier words, and a merge for each of them. */
function enlarged(text: string): string {
  const file = JSON.parse(text) as TokenizerFile;
  const { vocab, merges } = file.model;
  const parts = Object.keys(vocab);
  const ids = new Set([...Object.values(vocab), ...file.added_tokens.map(({ id }) => id)]);
  let id = 0;
  for (let i = 0; ids.size < WORDS; i++) {
    const [left, right] = [parts[i % parts.length]!, parts[Math.floor(i / parts.length)]!];
    if (left + right in vocab) continue;
    while (ids.has(id)) id++;
    ids.add(id);
    vocab[left + right] = id;
    merges.push([left, right]);
  }
  return JSON.stringify(file);
}
