// Records the stages of an answer as JSON, for `npm run ask -- --dump`.

import type { Answer } from '../../../src/contract/answer.ts';
import type { AnswerTrace } from '../../../src/engine/answer-trace.ts';
import type { Medium } from '../../../src/engine/media-library.ts';
import type { Grid } from '../../../src/engine/photo/photo.ts';

interface Picture {
  kind: 'image' | 'video';
  grid: [frames: number, height: number, width: number];
  pixel_values?: Statistics & { values?: number[] };
  vision?: Statistics & { values?: number[][] };
  deepstack?: (Statistics & { values?: number[][] })[];
}

interface Statistics {
  shape: number[];
  min: number;
  max: number;
  mean: number;
  std: number;
}

export class Dump {
  readonly #withTensors: boolean;
  readonly #pictures = new Map<string, Picture>();
  #prompt = '';
  #order: string[] = [];
  #inputIds: number[] = [];
  #positions: number[][] = [];
  #logits: number[] = [];
  readonly #generated: number[] = [];

  constructor(withTensors: boolean) {
    this.#withTensors = withTensors;
  }

  readonly trace: AnswerTrace = {
    onPrompt: (text, { inputIds }, positions, media) => {
      const n = inputIds.length;
      this.#prompt = text;
      this.#order = media.map((medium) => medium.key);
      this.#inputIds = Array.from(inputIds);
      this.#positions = [0, 1, 2].map((axis) => Array.from(positions.subarray(axis * n, (axis + 1) * n)));
      for (const medium of media) this.#picture(medium);
    },
    onPixels: (medium, { patches, grid }) => {
      const rows = grid.frames * grid.height * grid.width;
      const picture = this.#picture(medium);
      picture.pixel_values = statistics(patches, [rows, patches.length / rows]);
      if (this.#withTensors) picture.pixel_values.values = Array.from(patches);
    },
    onFeatures: async (medium) => {
      const picture = this.#picture(medium);
      const blocks = medium.blocks ?? [];
      const read = await Promise.all(blocks.map((block) => block.read()));
      const widths = blocks.map(({ rows }, i) => read[i]![0]!.length / (rows + 1));
      const table = (k: number) =>
        this.#features(
          read.map((tables) => tables[k]!),
          widths[0] ?? 0,
        );
      picture.vision = table(0);
      picture.deepstack = (read[0] ?? []).slice(1).map((_, k) => table(k + 1));
    },
    onPrefillLogits: (logits) => {
      this.#logits = Array.from(logits);
    },
    onToken: (id) => {
      this.#generated.push(id);
      return Promise.resolve();
    },
  };

  json(answer: Answer): Record<string, unknown> {
    return {
      prompt: this.#prompt,
      input_ids: this.#inputIds,
      position_ids: this.#positions,
      media: this.#order.map((key) => this.#pictures.get(key)),
      logits: this.#logits,
      generated_ids: this.#generated,
      text: answer.text,
      reason: answer.reason,
      timings: answer.timings,
    };
  }

  #picture(medium: Medium): Picture {
    const known = this.#pictures.get(medium.key);
    if (known !== undefined) return known;
    const { kind, grid } = medium.prompt;
    const picture: Picture = { kind, grid: gridOf(grid) };
    this.#pictures.set(medium.key, picture);
    return picture;
  }

  /** The rows of consecutive feature blocks, without the zero row at the start of each block. */
  #features(tables: Float32Array[], width: number): Statistics & { values?: number[][] } {
    const parts = tables.map((rows) => rows.subarray(width));
    const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    const rows = whole.length / width;
    const facts = statistics(whole, [rows, width]);
    if (!this.#withTensors) return facts;
    const values = Array.from({ length: rows }, (_, row) =>
      Array.from(whole.subarray(row * width, (row + 1) * width)),
    );
    return { ...facts, values };
  }
}

function gridOf({ frames, height, width }: Grid): [number, number, number] {
  return [frames, height, width];
}

function statistics(values: Float32Array, shape: number[]): Statistics {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { shape, min, max, mean, std: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}
