// Lists the tensors of a checkpoint, using only the headers of its safetensors files: one file, or several with an
// index. Owns the names: it replaces older key prefixes with those of current Qwen3-VL checkpoints.

import { fail } from '../failure.ts';
import { Field, parseJson } from '../format/json-field.ts';
import { headerLength, parseHeader, type HeaderEntry } from '../format/safetensors.ts';
import { sha256Hex } from '../format/sha256.ts';
import type { CheckpointSource } from './checkpoint-source.ts';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';
const SAMPLE_BYTES = 64 * 1024;

/** A stored tensor: bytes `start` to `end` of `file`. */
export interface StoredTensor {
  /** The name in current Qwen3-VL checkpoints. */
  name: string;
  file: string;
  /**
   * The type that the header gives. The converter may not support it; the code that reads the tensor checks
   * that.
   */
  dtype: string;
  shape: number[];
  start: number;
  end: number;
  /**
   * Set if the tensor is stored as two tensors of the same type and size, whose runs of `run` elements alternate.
   * `start` and `end` are the bytes of the first of the two; `tensor` is the second.
   */
  alternate?: { tensor: Omit<StoredTensor, 'alternate'>; run: number };
}

export interface Checkpoint {
  tensors: Map<string, StoredTensor>;
  /** A hash of the tensors' names and shapes, of the files, and of samples of the weights. */
  fingerprint: string;
}

/** Reads all headers. Fails with 'missing-file', or with 'bad-checkpoint', naming the tensor. */
export async function openCheckpoint(source: CheckpointSource, signal?: AbortSignal): Promise<Checkpoint> {
  const index = await readIndex(source, signal);
  const files = index ? [...new Set(index.values())].sort() : [SINGLE_FILE];
  const tensors = new Map<string, StoredTensor>();
  const headers: [file: string, entries: HeaderEntry[]][] = [];
  const identity: string[] = [];
  for (const file of files) {
    const bytes = await source.size(file, signal);
    if (bytes === undefined) missing(file, index !== undefined);
    const headBytes = await readExactly(source, file, 0, Math.min(8, bytes), signal);
    const length = headerLength(headBytes, bytes, file);
    const header = await readExactly(source, file, 8, 8 + length, signal);
    const entries = parseHeader(header, bytes, file);
    headers.push([file, entries]);
    for (const entry of entries) {
      const name = currentName(entry.name);
      const twin = tensors.get(name);
      if (twin) fail('bad-checkpoint', `Tensor ${name} is there twice, in ${twin.file} and in ${file}.`);
      tensors.set(name, { ...entry, name, file });
    }
    identity.push(
      file,
      String(bytes),
      await sha256Hex(header),
      ...(await sample(source, file, bytes, signal)),
    );
  }
  for (const [name, file] of index ?? []) {
    if (tensors.get(currentName(name))?.file !== file) {
      fail('bad-checkpoint', `${INDEX_FILE} promises ${name} in ${file}, which does not hold it.`);
    }
  }
  for (const [file, entries] of headers) await source.opened?.(file, entries);
  return { tensors, fingerprint: await sha256Hex(new TextEncoder().encode(identity.join('\n'))) };
}

/** Reads exactly the bytes `start` to `end` of a file. Fails with 'bad-checkpoint' if the file ends early. */
export async function readExactly(
  source: CheckpointSource,
  file: string,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await source.read(file, start, end, signal);
  if (bytes.byteLength !== end - start) {
    fail('bad-checkpoint', `${file} is truncated: bytes ${start} to ${end} cannot be read.`);
  }
  return bytes;
}

/** Reads the index (tensor → file). Returns undefined for a checkpoint of one file. */
async function readIndex(
  source: CheckpointSource,
  signal?: AbortSignal,
): Promise<Map<string, string> | undefined> {
  const bytes = await source.size(INDEX_FILE, signal);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(await readExactly(source, INDEX_FILE, 0, bytes, signal));
  const root = new Field(parseJson(text, INDEX_FILE, 'bad-checkpoint'), `${INDEX_FILE}: `, 'bad-checkpoint');
  const map = new Map<string, string>();
  for (const [name, field] of root.at('weight_map').members()) {
    const file = field.string();
    if (!/^[\w.-]+$/.test(file)) field.fail('must be a plain file name');
    map.set(name, file);
  }
  if (map.size === 0) fail('bad-checkpoint', `${INDEX_FILE} names no tensor.`);
  return map;
}

function missing(file: string, indexed: boolean): never {
  fail(
    'missing-file',
    indexed
      ? `The checkpoint lacks ${file}, which its index names.`
      : `The checkpoint has neither ${file} nor ${INDEX_FILE}.`,
  );
}

/**
 * Hashes three samples of a file: at a quarter, in the middle and at the end. Two fine-tunes of one model have equal
 * headers, and a conversion of one must not be resumed with the other.
 */
export async function sample(
  source: CheckpointSource,
  file: string,
  bytes: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const last = Math.max(0, bytes - SAMPLE_BYTES);
  const starts = [Math.floor(last / 4), Math.floor(last / 2), last];
  return Promise.all(
    starts.map(async (start) => {
      const end = Math.min(bytes, start + SAMPLE_BYTES);
      return sha256Hex(await readExactly(source, file, start, end, signal));
    }),
  );
}

/** Prefixes that earlier versions of transformers wrote. The first match is used. */
const OLDER_NAMES: readonly [RegExp, string][] = [
  [/^language_model\.model\./, 'model.language_model.'],
  [/^language_model\.lm_head\./, 'lm_head.'],
  [/^model\.lm_head\./, 'lm_head.'],
  [/^visual\./, 'model.visual.'],
  [/^model\.(?=layers\.|embed_tokens\.|norm\.)/, 'model.language_model.'],
];

function currentName(name: string): string {
  const older = OLDER_NAMES.find(([pattern]) => pattern.test(name));
  return older ? name.replace(older[0], older[1]) : name;
}
