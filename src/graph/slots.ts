// The inputs of graphs for slots: each part of an expert is one input that stacks all slots of a layer.

import { expertLayer, type ExpertPart, type Manifest, type Quantization } from '../format/manifest.ts';
import type { Precision } from './emitted.ts';
import type { LayerWriter } from './layers.ts';
import type { Value } from './onnx.ts';
import { slotPort } from './ports.ts';

export interface SlotPart extends ExpertPart {
  /** The name of the part's input. */
  input: string;
}

export interface SlotParts {
  isQuantized: boolean;
  parts: SlotPart[];
}

/** The parts of a layer's experts, in the order in which they lie in an expert. */
export function slotParts(manifest: Manifest, layer: number): SlotParts {
  const { parts } = expertLayer(manifest, layer);
  return {
    isQuantized: parts.some(({ quantization }) => quantization !== undefined),
    parts: parts.map((part) => ({ ...part, input: slotPort(part.name) })),
  };
}

/** The type of a part in a slot: the stored bytes for quantised blocks, the graph's precision for all other parts. */
export function slotType(part: ExpertPart, precision: Precision): Precision | 'u8' {
  return part.quantization === undefined ? precision : 'u8';
}

export interface SlotInputs {
  quantization: Omit<Quantization, 'scales'> | undefined;
  gateUp: Value;
  gateUpScales: Value;
  down: Value;
  downScales: Value;
}

/**
 * Declares the slots of a layer as inputs, each (slots, …the part's shape). The number of slots is a free dimension,
 * because it is known only when the device holds all other weights. Float parts have no scales.
 */
export function slotInputs(write: LayerWriter, layer: number): SlotInputs {
  const { parts } = expertLayer(write.manifest, layer);
  const declare = (name: ExpertPart['name']): Value => {
    const part = parts.find((each) => each.name === name);
    if (part === undefined) return '';
    return write.graph.input(slotPort(name), slotType(part, write.precision), ['slots', ...part.shape]);
  };
  return {
    quantization: parts.find(({ name }) => name === 'gate_up')?.quantization,
    gateUp: declare('gate_up'),
    gateUpScales: declare('gate_up.scales'),
    down: declare('down'),
    downScales: declare('down.scales'),
  };
}
