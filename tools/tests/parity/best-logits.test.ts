// Compares the staged choice of the candidate logits with a plain sort. The vocabularies need one stage or several, are
// not multiples of any stage's size, and have their largest logits side by side.

import { expect, test } from 'vitest';
import { randomGenerator } from '../../../src/engine/answer/random.ts';
import { BEST_VALUES, bestIds, bestOutputs, CANDIDATES, chooseBest } from '../../../src/graph/best-logits.ts';
import { OnnxGraph } from '../../../src/graph/onnx.ts';
import { createNodeWasmRuntime } from '../support/node-wasm-runtime.ts';

const runtime = await createNodeWasmRuntime();

test.each([40, 1040, 2048, 2049, 5000, 151_936, 300_001])('a vocabulary of %i', async (vocabSize) => {
  const graph = new OnnxGraph();
  chooseBest(graph, graph.input('logits', 'f32', [1, vocabSize]), vocabSize);
  const session = await runtime.open(
    { model: graph.serialize(), weights: new Map(), outputs: graph.outputs },
    [],
  );
  const random = randomGenerator(vocabSize);
  for (const spread of ['anywhere', 'side by side'] as const) {
    const logits = Float32Array.from({ length: vocabSize }, () => random() * 10 - 20);
    const start = Math.floor(random() * Math.max(1, vocabSize - 100));
    if (spread === 'side by side')
      for (let i = 0; i < 100 && start + i < vocabSize; i++) logits[start + i] = random();
    const names = [BEST_VALUES, ...bestOutputs(vocabSize)];
    const feeds = { logits: runtime.tensor('float32', logits, [1, vocabSize]) };
    const results = await session.run(feeds, Object.fromEntries(names.map((name) => [name, null])));
    const [values, ...positions] = await runtime.read(names.map((name) => results[name]!));
    const ids = bestIds(positions as BigInt64Array[], vocabSize);
    const sorted = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
    const count = Math.min(CANDIDATES, vocabSize);
    expect(ids.length).toBe(count);
    expect(Array.from(values as Float32Array)).toEqual(sorted.slice(0, count).map((id) => logits[id]));
    expect(Array.from(ids, (id) => logits[id])).toEqual(Array.from(values as Float32Array));
    expect(new Set(ids).size).toBe(count);
  }
  await session.release();
});
