// The decoder, cut at the choice of experts: each segment ends with a mixture layer's router, and the next
// one begins with the output of that layer's experts. The experts are inputs: slots that the pager fills
// between runs.

import { fail } from '../failure.ts';
import type { Manifest } from '../format/manifest.ts';
import type { ModelConfig, MoeConfig } from '../format/model-config.ts';
import type { EmittedGraph, Target } from './emitted.ts';
import { LayerWriter } from './layers.ts';
import { quantizedMixture, router, routerOutput } from './mixture.ts';
import { slotInputs, slotParts } from './slots.ts';
import { TextLayers, type LayerState } from './text-layers.ts';

/**
 * Names of a segment's inputs and outputs, besides those of ports.ts. Floats are in the graph's precision unless f32 is
 * stated.
 */
export const SEGMENT = {
  /** The residual stream in front of the experts, (n, hidden), and its norm, which the experts read. */
  residual: 'residual',
  normed: 'normed',
  nextResidual: 'residual.next',
  nextNormed: 'normed.next',
  /**
   * The output of experts that ran before this segment: f32 (n, hidden). If it is a single row, it is added
   * to every row.
   */
  mixed: 'mixed',
  /**
   * The row on which experts run within the segment, (1, hidden): `normed`, or zeros if `mixed` holds the
   * experts' output.
   */
  row: 'row',
  /** f32 (1, slots): the chosen experts' logits at their slots, NO_LOGIT elsewhere. */
  slotLogits: 'slot_logits',
} as const;

/** A guess of a later router's logits, (n, experts): that router is applied to this layer's residual stream. */
export function aheadOutput(distance: number): string {
  return `ahead.${distance}`;
}

/** A logit far below any other, and still a number in f16. */
export const NO_LOGIT = { f32: -1e9, f16: -6e4 };

/**
 * Makes one more graph than there are mixture layers. The first graph embeds the tokens, and the last one outputs the
 * logits. All others output nextResidual, nextNormed, router.i and ahead.1 to ahead.`lookAhead`; guesses for layers
 * that the model does not have are omitted.
 */
export function segmentGraphs(
  config: ModelConfig,
  manifest: Manifest,
  target: Target,
  lookAhead: number,
): EmittedGraph[] {
  const { moe } = config.text;
  if (moe === undefined) fail('bug', 'A dense model has no experts to page.');
  return Array.from({ length: moe.layers.length + 1 }, (_, index) =>
    segmentGraph(config, moe, manifest, target, lookAhead, index),
  );
}

function segmentGraph(
  config: ModelConfig,
  moe: MoeConfig,
  manifest: Manifest,
  target: Target,
  lookAhead: number,
  index: number,
): EmittedGraph {
  const write = new LayerWriter(manifest, target);
  const layers = new TextLayers(write, config);
  const { graph, precision } = write;
  const { text } = config;
  const mixtureBefore = moe.layers[index - 1];
  const mixtureNext = moe.layers[index];
  const width = [text.hiddenSize];
  let state: LayerState;
  if (mixtureBefore === undefined) {
    state = layers.embed();
  } else {
    const residual = graph.input(SEGMENT.residual, precision, ['n', ...width]);
    const mixed = write.floatInput(SEGMENT.mixed, ['m', ...width]);
    const parts = slotParts(manifest, mixtureBefore);
    const output = parts.isQuantized
      ? graph.node('Add', [mixed, mixtureOfRow(write, moe, mixtureBefore, text.hiddenSize)])
      : mixed;
    state = layers.finish(mixtureBefore, { residual, normed: '' }, output);
  }
  const end = mixtureNext ?? text.layers;
  for (let layer = (mixtureBefore ?? -1) + 1; layer < end; layer++) {
    const middle = layers.attend(layer, state);
    const output = write.swiglu(middle.normed, `model.language_model.layers.${layer}.mlp`);
    state = layers.finish(layer, middle, output);
  }
  if (mixtureNext === undefined) {
    layers.logits(state);
    return write.emit();
  }
  const names = { residual: SEGMENT.nextResidual, normed: SEGMENT.nextNormed };
  const middle = layers.attend(mixtureNext, state, names);
  graph.output(middle.residual, precision, ['n', ...width]);
  graph.output(middle.normed, precision, ['n', ...width]);
  router(write, middle.normed, mixtureNext, moe, routerOutput(mixtureNext));
  for (const [i, guessed] of moe.layers.slice(index + 1, index + 1 + lookAhead).entries()) {
    const gain = `model.language_model.layers.${guessed}.post_attention_layernorm.weight`;
    const normed = write.rmsNorm(middle.residual, gain, text.rmsNormEps);
    router(write, normed, guessed, moe, aheadOutput(1 + i));
  }
  return write.emit();
}

function mixtureOfRow(write: LayerWriter, moe: MoeConfig, layer: number, hidden: number): string {
  const row = write.graph.input(SEGMENT.row, write.precision, [1, hidden]);
  const logits = write.floatInput(SEGMENT.slotLogits, [1, 'slots']);
  return quantizedMixture(write, moe, layer, row, logits, slotInputs(write, layer));
}
