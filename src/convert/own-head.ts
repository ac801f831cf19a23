// A config may tie the head to the embedding while the checkpoint holds both. The reference then looks:
// equal, they are tied; different, the checkpoint is right and the config is not.

import type { Binder } from './bind.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import { EMBEDDING, HEAD } from './model-tensors.ts';
import { readRows } from './matrix.ts';

const ROWS_AT_ONCE = 64;

/** Whether the checkpoint's head differs from its embedding (vocab, hidden). False where it has none. */
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
