// The GGUF files of a checkpoint: opens their headers, joins split files, and finds the language model and the vision
// encoder among them.

import { fail } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import { readGgufHeader, type GgufHeader } from '../../format/gguf/header.ts';
import { readExactly } from '../checkpoint.ts';
import type { CheckpointSource } from '../checkpoint-source.ts';
import { SPLIT_NAME } from './gguf-among.ts';
import type { FiledTensor } from './names.ts';

interface OpenedFile extends GgufHeader {
  file: string;
  bytes: number;
  /** The file's key-values; each failure names the file and the key. */
  fields: Field;
}

/** A model, or a vision encoder, in one file or in several. */
export interface FileGroup {
  /** The group's name in failures: its first file. */
  name: string;
  files: OpenedFile[];
  fields: Field;
  tensors: FiledTensor[];
}

/** Fails with 'missing-file' or 'bad-checkpoint', naming the file and its key or tensor. */
export async function openGroups(
  source: CheckpointSource,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<{ language: FileGroup; vision: FileGroup }> {
  const groups: FileGroup[] = [];
  for (const part of byPrefix(names)) {
    const files: OpenedFile[] = [];
    for (const name of part) files.push(await openFile(source, name, signal));
    groups.push(joinFiles(files));
  }
  const models = groups.filter(({ fields }) => fields.optional('general.type')?.value !== 'imatrix');
  const isVision = ({ fields }: FileGroup): boolean => fields.at('general.architecture').value === 'clip';
  const language = onlyOne(
    models.filter((group) => !isVision(group)),
    'language model',
  );
  const vision = onlyOne(models.filter(isVision), 'vision encoder (its file is named mmproj)');
  return { language, vision };
}

function onlyOne(groups: FileGroup[], kind: string): FileGroup {
  const [group, other] = groups;
  if (!group) fail('missing-file', `None of the GGUF files holds a ${kind}.`);
  if (other) fail('bad-checkpoint', `Both ${group.name} and ${other.name} hold a ${kind}; choose one.`);
  return group;
}

/** Groups the names of split files, in order; every other name is a group by itself. */
function byPrefix(names: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const [, prefix, , count] = SPLIT_NAME.exec(name) ?? [];
    const key = prefix === undefined ? name : `${prefix} of ${count}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

async function openFile(source: CheckpointSource, file: string, signal?: AbortSignal): Promise<OpenedFile> {
  const bytes = await source.size(file, signal);
  if (bytes === undefined) fail('missing-file', `There is no ${file}.`);
  const read = (start: number, end: number) => readExactly(source, file, start, end, signal);
  const header = await readGgufHeader(read, bytes, file);
  const fields = new Field(Object.fromEntries(header.keys), `${file}: `, 'bad-checkpoint');
  return { ...header, file, bytes, fields };
}

/** Joins the files of one split model; `files` are in order. */
function joinFiles(files: OpenedFile[]): FileGroup {
  const [first] = files;
  if (!first) fail('bug', 'A group of GGUF files is empty.');
  const { fields, file } = first;
  const count = Number(SPLIT_NAME.exec(file)?.[3] ?? 1);
  if (files.length !== count) {
    fail('missing-file', `Of the ${count} files of ${file}, ${files.length} are there.`);
  }
  files.forEach((part, index) => {
    const [number, of] = ['split.no', 'split.count'].map((key) => part.fields.optional(key)?.integer());
    if ((number ?? 0) !== index || (of ?? 1) !== count) {
      fail('bad-checkpoint', `${part.file}: its keys split.no and split.count do not fit its name.`);
    }
  });
  const tensors = files.flatMap((part) => part.tensors.map((tensor) => ({ ...tensor, file: part.file })));
  const total = fields.optional('split.tensors.count');
  if (total && total.integer() !== tensors.length) {
    total.fail(`promises ${total.integer()} tensors; the files have ${tensors.length}`);
  }
  return { name: file, files, fields, tensors };
}
