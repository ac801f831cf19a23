// Builds the manifest of a finished conversion from its plan.

import { MANIFEST_VERSION, type ExpertLayer, type ExpertPart, type Manifest } from '../format/manifest.ts';
import type { ByteRange, Quantization, Shard, SideFile, TensorEntry } from '../format/manifest.ts';
import type { ExpertItem, MatrixItem } from './items.ts';
import type { ShardPlan, Task } from './plan.ts';

export function buildManifest(
  preset: string,
  files: SideFile[],
  plans: ShardPlan[],
  shards: Shard[],
): Manifest {
  const tensors: Record<string, TensorEntry> = {};
  const experts = new Map<number, ExpertLayer>();
  plans.forEach((plan, shard) => {
    for (const task of plan.tasks) {
      const { item } = task;
      if (item.kind === 'matrix') addMatrix(tensors, item, task, shard);
      else addExpert(experts, item, task, shard);
    }
  });
  return {
    format: 'darkroom-package',
    version: MANIFEST_VERSION,
    preset,
    files,
    shards,
    tensors,
    experts: [...experts.values()],
  };
}

/** Adds the rows of a task to the manifest's tensors: makes a new entry, or extends one that an earlier shard began. */
function addMatrix(tensors: Record<string, TensorEntry>, item: MatrixItem, task: Task, shard: number): void {
  item.outputs.forEach((output, index) => {
    const offset = task.offsets[index] ?? 0;
    const range: ByteRange = { shard, offset, bytes: (task.end - task.first) * output.rowBytes };
    const entry = tensors[output.name];
    if (entry) {
      (entry.rest ??= []).push(range);
      entry.bytes += range.bytes;
      return;
    }
    const { storage, matrix } = item;
    tensors[output.name] = { dtype: output.dtype, shape: output.shape, ...range };
    if (storage.kind === 'float' || index > 0) return;
    const { bits, block } = storage;
    const { rows, columns } = matrix;
    const quantization: Quantization = { bits, block, rows, columns, scales: `${output.name}.scales` };
    tensors[output.name] = { dtype: output.dtype, shape: output.shape, ...range, quantization };
  });
}

function addExpert(experts: Map<number, ExpertLayer>, item: ExpertItem, task: Task, shard: number): void {
  const known = experts.get(item.layer);
  const layer = known ?? describeLayer(item, task);
  experts.set(item.layer, layer);
  layer.at.push([shard, task.offsets[0] ?? 0]);
}

function describeLayer(item: ExpertItem, task: Task): ExpertLayer {
  const names =
    item.storage.kind === 'float'
      ? (['gate_up', 'down'] as const)
      : (['gate_up', 'gate_up.scales', 'down', 'down.scales'] as const);
  const start = task.offsets[0] ?? 0;
  const parts = item.outputs.flatMap((output, index): ExpertPart[] => {
    const name = names[index];
    if (!name) return [];
    const { dtype, shape } = output;
    const bytes = (shape[0] ?? 0) * output.rowBytes;
    const part = { name, dtype, shape, offset: (task.offsets[index] ?? 0) - start, bytes };
    if (item.storage.kind === 'float' || name.endsWith('.scales')) return [part];
    const { bits, block } = item.storage;
    const columns = name === 'gate_up' ? item.hidden : item.inner;
    return [{ ...part, quantization: { bits, block, rows: shape[0] ?? 0, columns } }];
  });
  return { layer: item.layer, bytes: parts.reduce((sum, part) => sum + part.bytes, 0), parts, at: [] };
}
