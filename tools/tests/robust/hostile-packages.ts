// Packages that a hostile host may offer, each of them a sound package with one fault. The hashes always match, because
// a hostile host would compute them for the changed files.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureCode } from '../../../src/failure.ts';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests take it apart at will

interface Package {
  manifest: Json;
  text: (name: string) => string;
  write: (name: string, text: string) => void;
  json: (name: string, change: (value: Json) => void) => void;
}

export interface HostilePackage {
  name: string;
  /** The expected failure code. If omitted, any failure with a sentence. */
  code?: FailureCode;
  change: (made: Package) => void;
}

const template = (name: string, jinja: string): HostilePackage => ({
  name,
  change: ({ write }) => {
    write('chat_template.json', JSON.stringify({ chat_template: jinja }));
  },
});

const pattern = (name: string, regex: string): HostilePackage => ({
  name,
  change: ({ json }) => {
    json('tokenizer.json', (file) => {
      file['pre_tokenizer'] = {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
        ],
      };
    });
  },
});

const config = (
  name: string,
  part: 'text_config' | 'vision_config',
  field: string,
  value: unknown,
): HostilePackage => ({
  name,
  code: 'bad-checkpoint',
  change: ({ json }) => {
    json('config.json', (file) => {
      (file[part] as Json)[field] = value;
    });
  },
});

const manifest = (name: string, change: (manifest: Json) => void): HostilePackage => ({
  name,
  code: 'bad-manifest',
  change: (made) => {
    change(made.manifest);
  },
});

const firstTensor = (of: Json): Json => Object.values(of['tensors'] as Record<string, Json>)[0]!;
/** A tensor of numbers that stays inside its shard if it is moved by one byte, so that alignment is its only fault. */
const tensorWithMoreBehind = (of: Json): Json => {
  const tensors = Object.values(of['tensors'] as Record<string, Json>);
  return tensors.find(
    ({ dtype, shard, offset }) =>
      dtype !== 'U8' && tensors.some((other) => other['shard'] === shard && other['offset'] > offset),
  )!;
};
const loop = '{% for a in range(9999) %}';

export const HOSTILE_PACKAGES: HostilePackage[] = [
  template('a template of nested loops', `${loop.repeat(4)}{% endfor %}${'{% endfor %}'.repeat(3)}`),
  template('a range of a thousand million', '{% for a in range(1000000000) %}{% endfor %}'),
  template(
    'a template that doubles its text',
    `{% set ns = namespace(x='ab') %}{% for a in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}`,
  ),
  template('a macro that calls itself', '{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}'),
  template('a template nested 20,000 deep', `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`),
  template(
    'a template that writes without end',
    `${loop.repeat(2)}${'x'.repeat(900)}{% endfor %}{% endfor %}`,
  ),
  pattern('a pattern that explodes', '(a+)+$'),
  pattern('another pattern that explodes', '(?:a|aa|a?)*b'),
  pattern('a pattern that is none', '(((('),
  {
    name: 'JSON 100,000 lists deep',
    change: ({ write }) => write('config.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  },
  { name: 'a tokenizer that is not JSON', change: ({ write }) => write('tokenizer.json', '{') },
  config('a vocabulary of 10¹⁵', 'text_config', 'vocab_size', 1e15),
  config('a million million layers', 'text_config', 'num_hidden_layers', 1e12),
  config('absurd widths', 'text_config', 'intermediate_size', 2 ** 40),
  config('an absurd vision tower', 'vision_config', 'depth', 4e9),
  config('absurd patches', 'vision_config', 'patch_size', 1e9),
  config('more positions than numbers', 'vision_config', 'num_position_embeddings', 2 ** 52),
  manifest(
    'a side file outside the package',
    (of) => ((of['files'] as Json[])[0]!['name'] = '../../../etc/passwd'),
  ),
  manifest('a side file by an absolute path', (of) => ((of['files'] as Json[])[0]!['name'] = '/etc/passwd')),
  manifest('a misaligned tensor', (of) => ((tensorWithMoreBehind(of)['offset'] as number) += 1)),
  manifest('a tensor beyond its shard', (of) => (firstTensor(of)['offset'] = 2 ** 40)),
  manifest('a shape of absurd dimensions', (of) => (firstTensor(of)['shape'] = [2 ** 50, 2 ** 50])),
  manifest('a shard that there is not', (of) => (firstTensor(of)['shard'] = 4_000_000_000)),
  {
    name: 'pictures of 10¹⁰ pixels',
    change: ({ json }) =>
      json(
        'preprocessor_config.json',
        (file) => (file['size'] = { shortest_edge: 1e10, longest_edge: 1e11 }),
      ),
  },
];

/** Copies the sound package into a folder and makes it hostile. */
export function makeHostile(sound: string, { change }: HostilePackage, target: string): void {
  cpSync(sound, target, { recursive: true });
  const path = (name: string): string => join(target, name);
  const manifest = JSON.parse(readFileSync(path('manifest.json'), 'utf8')) as Json;
  const write = (name: string, text: string): void => {
    writeFileSync(path(name), text);
    const files = manifest['files'] as Json[];
    const entry = {
      name,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    };
    const at = files.findIndex((file) => file['name'] === name);
    files.splice(at < 0 ? files.length : at, at < 0 ? 0 : 1, entry);
  };
  const text = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '{}');
  const json = (name: string, edit: (value: Json) => void): void => {
    const value = JSON.parse(text(name)) as Json;
    edit(value);
    write(name, JSON.stringify(value));
  };
  change({ manifest, text, write, json });
  writeFileSync(path('manifest.json'), JSON.stringify(manifest));
}
