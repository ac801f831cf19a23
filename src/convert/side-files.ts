// Copies the checkpoint's own small files byte for byte, so that the engine reads the same config, tokenizer
// and templates as the reference.

import { fail } from '../failure.ts';
import { parseJson } from '../format/json-field.ts';
import type { SideFile } from '../format/manifest.ts';
import { sha256Hex } from '../format/sha256.ts';
import { readExactly } from './checkpoint.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import type { PackageSink } from './package-sink.ts';

const REQUIRED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
/** The settings of preprocessing: transformers 4 writes the first file, transformers 5 the second. */
const PREPROCESSING = ['preprocessor_config.json', 'processor_config.json'];
const OPTIONAL = [
  'generation_config.json',
  'vocab.json',
  'merges.txt',
  'added_tokens.json',
  'special_tokens_map.json',
  'chat_template.json',
  'chat_template.jinja',
  ...PREPROCESSING,
  'video_preprocessor_config.json',
  // A package redistributes the weights, whose licence requires these files to go with them.
  'LICENSE',
  'NOTICE',
];

/**
 * Copies the side files that exist. Fails with 'missing-file' if a file that the engine needs is missing, and with
 * 'bad-checkpoint' if one is damaged. The converter calls this first, so that it need not convert weights in vain.
 */
export async function copySideFiles(
  source: CheckpointSource,
  sink: PackageSink,
  signal?: AbortSignal,
): Promise<SideFile[]> {
  const files: SideFile[] = [];
  for (const name of [...REQUIRED, ...OPTIONAL]) {
    const size = await source.size(name, signal);
    if (size === undefined) {
      if (REQUIRED.includes(name)) fail('missing-file', `The checkpoint lacks ${name}.`);
      continue;
    }
    const bytes = await readExactly(source, name, 0, size, signal);
    if (name.endsWith('.json')) parseJson(new TextDecoder().decode(bytes), name, 'bad-checkpoint');
    await sink.write(name, bytes);
    files.push({ name, bytes: size, sha256: await sha256Hex(bytes) });
  }
  if (!files.some(({ name }) => PREPROCESSING.includes(name))) {
    fail('missing-file', `The checkpoint has neither ${PREPROCESSING.join(' nor ')}.`);
  }
  return files;
}
