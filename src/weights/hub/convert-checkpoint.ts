// Converts a checkpoint from any source, and writes the package into storage.

import type { ModelRequest, Preset } from '../../contract/weights.ts';
import { convert, type ConvertProgress } from '../../convert/convert.ts';
import type { CheckpointSource } from '../../convert/checkpoint-source.ts';
import type { Change } from '../store/change.ts';
import type { Emit } from '../download/download-package.ts';
import { ModelStoreSink } from '../store/package-sink.ts';
import { Progress } from '../download/progress.ts';
import type { ModelStore } from '../store/model-store.ts';

/** Resumes the conversion if an earlier visit began it. Fails with the failures of `convert` and of the source. */
export async function convertCheckpoint(
  modelStore: ModelStore,
  request: ModelRequest,
  source: CheckpointSource,
  preset: Preset,
  {
    emit,
    startsOver = false,
    ...hooks
  }: { emit: Emit; startsOver?: boolean; retire?: () => Change; verify?: () => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  await modelStore.begin(request);
  emit({
    kind: 'progress',
    activity: { kind: 'planning' },
    ...{ doneBytes: 0, resumedBytes: 0, totalBytes: 0, bytesPerSecond: null, secondsLeft: null },
  });
  await convert(source, new ModelStoreSink(modelStore, hooks), {
    ...{ preset, startsOver, signal },
    onProgress: follow(emit),
  });
}

function follow(emit: Emit): (progress: ConvertProgress) => void {
  let progress: Progress | undefined;
  let last = { done: 0, resumed: 0 };
  return ({ done, resumed, total, layer, layers }) => {
    const activity = { kind: 'quantising', layer, layers } as const;
    // If a tensor turns out too wide for F16, the converter starts over and reuses its shards.
    if (!progress || done < last.done) {
      progress = new Progress(emit, { totalBytes: total, resumedBytes: 0, activity });
      last = { done: 0, resumed: 0 };
    }
    progress.doing(activity);
    const again = resumed - last.resumed;
    if (again > 0) progress.resume(again);
    progress.add(done - last.done - again);
    last = { done, resumed };
  };
}
