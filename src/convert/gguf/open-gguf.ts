// Opens a checkpoint in GGUF files: a language model and its vision encoder, under the names and shapes of the original
// checkpoint. Side files that do not lie beside the GGUF files are rebuilt from their key-values.

import { fail } from '../../failure.ts';
import { sha256Hex } from '../../format/sha256.ts';
import { sample, type Checkpoint, type StoredTensor } from '../checkpoint.ts';
import type { CheckpointSource } from '../checkpoint-source.ts';
import { openGroups, type FileGroup } from './file-groups.ts';
import { renameText, renameVision, secondPatches, type FiledTensor, type Renamed } from './names.ts';
import { rebuildSideFiles } from './side-files.ts';
import { deepstackTaps } from './config.ts';

export interface GgufCheckpoint {
  checkpoint: Checkpoint;
  /** Reads the source's own files, and the rebuilt ones. */
  source: CheckpointSource;
  /** The names of the side files that were rebuilt. */
  rebuilt: string[];
}

/** Returns undefined if the source holds no checkpoint in GGUF files. Fails with the failures of `openCheckpoint`. */
export async function openGguf(
  source: CheckpointSource,
  signal?: AbortSignal,
): Promise<GgufCheckpoint | undefined> {
  const names = (await source.ggufFiles?.(signal)) ?? [];
  if (names.length === 0) return undefined;
  const groups = await openGroups(source, names, signal);
  const { language, vision } = groups;
  const fused = new Set(
    language.tensors.flatMap(({ name }) => /^blk\.(\d+)\.ffn_gate_up_exps\.weight$/.exec(name)?.[1] ?? []),
  );
  const taps = deepstackTaps(vision.fields);
  const second = secondPatches(vision.tensors);
  const tensors = new Map<string, StoredTensor>();
  addTensors(tensors, language, (tensor) => renameText(tensor, language.fields, (layer) => fused.has(layer)));
  addTensors(tensors, vision, (tensor) => renameVision(tensor, taps, second));
  const checkpoint = { tensors, fingerprint: await fingerprint(source, groups, signal) };
  const rebuilt = await rebuildSideFiles(source, groups, tensors, signal);
  for (const { files } of [language, vision]) {
    for (const { file, tensors: entries } of files) await source.opened?.(file, entries);
  }
  return { checkpoint, ...rebuilt };
}

/**
 * Adds tensors under their original names. Fails at a tensor that does not belong to the model, because it could change
 * the meaning of the others.
 */
function addTensors(
  tensors: Map<string, StoredTensor>,
  { tensors: entries }: FileGroup,
  rename: (tensor: FiledTensor) => Renamed,
): void {
  for (const entry of entries) {
    const renamed = rename(entry);
    if (!renamed) {
      const shape = entry.shape.join(', ');
      fail('bad-checkpoint', `${entry.file}: ${entry.name} [${shape}] is no tensor of a Qwen3-VL model.`);
    }
    for (const tensor of renamed) {
      if (tensors.has(tensor.name)) fail('bad-checkpoint', `Tensor ${tensor.name} is there twice.`);
      tensors.set(tensor.name, tensor);
    }
  }
}

async function fingerprint(
  source: CheckpointSource,
  { language, vision }: { language: FileGroup; vision: FileGroup },
  signal?: AbortSignal,
): Promise<string> {
  const identity: string[] = [];
  for (const { file, bytes, head } of [...language.files, ...vision.files]) {
    identity.push(file, String(bytes), await sha256Hex(head));
    identity.push(...(await sample(source, file, bytes, signal)));
  }
  return sha256Hex(new TextEncoder().encode(identity.join('\n')));
}
