// The items of a package. An item is a matrix or vector of the checkpoint, or one expert, with its stored form and the
// arrays made from it. The items follow from headers, config and precision alone.

import type { ModelConfig } from '../format/model-config.ts';
import { blocksPerRow, bytesPerBlock } from '../format/blocks.ts';
import type { Dtype } from '../format/manifest.ts';
import { ELEMENT_BYTES } from '../format/safetensors.ts';
import type { Binder } from './bind.ts';
import { bindExperts, storedMatrices, type ExpertWeights } from './expert-weights.ts';
import { matrixBytes, type Matrix } from './matrix.ts';
import { expertsPrefix, modelTensors, type TensorClass } from './model-tensors.ts';
import { expertStorage, matrixStorage, type PrecisionPlan, type Storage } from './precision.ts';

/** An array of the package. Its rows are axis 0. */
export interface OutputArray {
  name: string;
  dtype: Dtype;
  shape: number[];
  rowBytes: number;
}

interface ItemBase {
  class: TensorClass;
  storage: Storage;
  /** The unit that is stored in F32 if F16 cannot hold its values: a tensor's name, or all experts of a layer. */
  group: string;
  /** The decoder layer of the item, counted from 0; undefined if it belongs to no layer. */
  layer: number | undefined;
  /** Bytes of the checkpoint that the item is made from. */
  sourceBytes: number;
  outputs: OutputArray[];
}

/**
 * An item that is stored row by row, so that it can be cut between rows. Outputs: the array, then its scales if it has
 * any.
 */
export interface MatrixItem extends ItemBase {
  kind: 'matrix';
  matrix: Matrix;
}

/** An item that is stored in one piece. Outputs: gate_up, its scales, down, its scales. */
export interface ExpertItem extends ItemBase {
  kind: 'expert';
  layer: number;
  expert: number;
  weights: ExpertWeights;
  hidden: number;
  inner: number;
}

export type Item = MatrixItem | ExpertItem;

/**
 * All items in package order: first the weights that every token needs, then the experts by layer, so that a reader can
 * load those weights first. `wide` names the groups that do not fit F16.
 */
export function packageItems(
  config: ModelConfig,
  binder: Binder,
  precision: PrecisionPlan,
  wide: ReadonlySet<string>,
): Item[] {
  const matrices = modelTensors(config).map((tensor): MatrixItem => {
    // A vector counts as one row, because cutting it would gain nothing.
    const rows = tensor.shape.length === 1 ? 1 : (tensor.shape[0] ?? 1);
    const columns = tensor.shape.reduce((product, axis) => product * axis, 1) / rows;
    const matrix = binder.matrix(tensor.name, tensor.shape, rows, columns);
    const storage = matrixStorage(
      tensor.class,
      precision[tensor.class],
      matrix.dtype,
      columns,
      wide.has(tensor.name),
    );
    return {
      kind: 'matrix',
      class: tensor.class,
      storage,
      group: tensor.name,
      layer: layerOf(tensor.name),
      sourceBytes: matrixBytes(matrix),
      outputs: matrixOutputs(tensor.name, tensor.shape, rows, columns, storage),
      matrix,
    };
  });
  const { text } = config;
  const experts = (text.moe?.layers ?? []).flatMap((layer) => {
    const group = expertsPrefix(layer);
    const hidden = text.hiddenSize;
    const inner = text.moe?.intermediateSize ?? 0;
    const experts = bindExperts(binder, text, layer);
    // All experts of a layer have the same stored form. If their types in the checkpoint differ, F32 holds them all.
    const [dtype = 'F32', ...others] = new Set(experts.flatMap(storedMatrices).map((matrix) => matrix.dtype));
    const common = others.length === 0 ? dtype : 'F32';
    const storage = expertStorage(precision.experts, common, hidden, inner, wide.has(group));
    return experts.map((weights, expert): ExpertItem => {
      const at = `${group}.${expert}`;
      return {
        kind: 'expert',
        class: 'experts',
        storage,
        group,
        sourceBytes: storedMatrices(weights).reduce((sum, matrix) => sum + matrixBytes(matrix), 0),
        outputs: [
          ...expertOutputs(`${at}.gate_up`, 2 * inner, hidden, storage),
          ...expertOutputs(`${at}.down`, hidden, inner, storage),
        ],
        layer,
        expert,
        weights,
        hidden,
        inner,
      };
    });
  });
  return [...matrices, ...experts];
}

/** The decoder layer of a tensor; undefined for a tensor of no layer. */
function layerOf(tensor: string): number | undefined {
  const match = /^model\.language_model\.layers\.(\d+)\./.exec(tensor);
  return match ? Number(match[1]) : undefined;
}

function matrixOutputs(
  name: string,
  shape: number[],
  rows: number,
  columns: number,
  storage: Storage,
): OutputArray[] {
  if (storage.kind === 'float') {
    return [{ name, dtype: storage.dtype, shape, rowBytes: columns * ELEMENT_BYTES[storage.dtype] }];
  }
  const blocks = blocksPerRow(columns, storage);
  const stride = bytesPerBlock(storage);
  return [
    { name, dtype: 'U8', shape: [rows, blocks, stride], rowBytes: blocks * stride },
    { name: `${name}.scales`, dtype: 'F16', shape: [rows, blocks], rowBytes: blocks * 2 },
  ];
}

/** Like matrixOutputs, but joins the blocks of a row, as the mixture operator requires. */
function expertOutputs(name: string, rows: number, columns: number, storage: Storage): OutputArray[] {
  const outputs = matrixOutputs(name, [rows, columns], rows, columns, storage);
  return outputs.map((output) =>
    output.dtype === 'U8' ? { ...output, shape: [rows, output.rowBytes] } : output,
  );
}
