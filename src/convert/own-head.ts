// A config may tie the head to the embedding although the checkpoint holds both. The reference then compares the two:
// if they are equal, they are tied; if they differ, the reference follows the checkpoint, not the config.

import type { Binder } from './bind.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import { EMBEDDING, HEAD } from './model-tensors.ts';
import { readRows } from './matrix.ts';

const ROWS_AT_ONCE = 64;

/** Whether the checkpoint's head differs from its embedding (vocab, hidden). False if it has no head. */
export async function hasOwnHead(
  source: CheckpointSource,
  binder: Binder,
  { vocabSize, hiddenSize }: { vocabSize: number; hiddenSize: number },
  signal?: AbortSignal,
): Promise<boolean> {
  if (!binder.has(HEAD)) return false;
  const [head, table] = [HEAD, EMBEDDING].map((name) =>
    binder.matrix(name, [vocabSize, hiddenSize], vocabSize, hiddenSize),
  );
  for (let first = 0; first < vocabSize; first += ROWS_AT_ONCE) {
    const end = Math.min(vocabSize, first + ROWS_AT_ONCE);
    const ours = await readRows(source, head!, first, end, signal);
    const theirs = await readRows(source, table!, first, end, signal);
    if (ours.some((value, i) => value !== theirs[i])) return true;
  }
  return false;
}
