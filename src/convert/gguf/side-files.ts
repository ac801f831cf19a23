// Rebuilds, from key-values, the side files that the engine needs and that do not lie beside the GGUF files.

import type { StoredTensor } from '../checkpoint.ts';
import type { CheckpointSource } from '../checkpoint-source.ts';
import { rebuildConfig, rebuildGeneration, rebuildPreprocessor } from './config.ts';
import type { FileGroup } from './file-groups.ts';
import { rebuildTokenizer, rebuildTokenizerConfig } from './tokenizer.ts';

/** Makes files that belong together, by their names. */
type Rebuild = () => Record<string, Record<string, unknown>>;

/**
 * Returns a source with the files of `source` and the rebuilt files, and the names of the rebuilt files. Fails with
 * 'bad-checkpoint', naming the key.
 */
export async function rebuildSideFiles(
  source: CheckpointSource,
  groups: { language: FileGroup; vision: FileGroup },
  tensors: ReadonlyMap<string, StoredTensor>,
  signal?: AbortSignal,
): Promise<{ source: CheckpointSource; rebuilt: string[] }> {
  const keys = groups.language.fields;
  const vision = groups.vision.fields;
  const has = async (name: string): Promise<boolean> => (await source.size(name, signal)) !== undefined;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const rebuild = async (present: string[], make: Rebuild): Promise<void> => {
    for (const name of present) if (await has(name)) return;
    for (const [name, json] of Object.entries(make())) {
      files.set(name, new TextEncoder().encode(`${JSON.stringify(json)}\n`));
    }
  };
  await rebuild(['config.json'], () => ({ 'config.json': rebuildConfig(groups, tensors) }));
  await rebuild(['tokenizer.json'], () => ({ 'tokenizer.json': rebuildTokenizer(keys) }));
  const hasTemplate = (await has('chat_template.jinja')) || (await has('chat_template.json'));
  await rebuild(['tokenizer_config.json'], () => {
    if (!hasTemplate) keys.at('tokenizer.chat_template').string();
    return { 'tokenizer_config.json': rebuildTokenizerConfig(keys) };
  });
  await rebuild(['generation_config.json'], () => ({ 'generation_config.json': rebuildGeneration(keys) }));
  await rebuild(['preprocessor_config.json', 'processor_config.json'], () => ({
    'preprocessor_config.json': rebuildPreprocessor(vision, 'picture'),
    'video_preprocessor_config.json': rebuildPreprocessor(vision, 'clip'),
  }));
  return { source: new WithRebuilt(source, files), rebuilt: [...files.keys()] };
}

/** A source with some files in memory, which replace files of the same names. */
class WithRebuilt implements CheckpointSource {
  readonly #source: CheckpointSource;
  readonly #files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

  constructor(source: CheckpointSource, files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {
    this.#source = source;
    this.#files = files;
  }

  size(name: string, signal?: AbortSignal): Promise<number | undefined> {
    const file = this.#files.get(name);
    return file ? Promise.resolve(file.byteLength) : this.#source.size(name, signal);
  }

  read(name: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#files.get(name);
    return file ? Promise.resolve(file.slice(start, end)) : this.#source.read(name, start, end, signal);
  }
}
