// The harness's worker: engine code where the app runs it, driven by a test instead of the page.

import * as Comlink from 'comlink';
import { createRuntime } from '../../src/engine/runtime.ts';
import { OnnxGraph } from '../../src/graph/onnx.ts';
import { runtimeFiles } from '../../workers/runtime-files.ts';
import type { HarnessApi, RuntimeFacts } from './harness.ts';

const api = { add } satisfies HarnessApi;
Comlink.expose(api);

async function add(backend: 'webgpu' | 'wasm', a: number[], b: number[]): Promise<RuntimeFacts> {
  const runtime = await createRuntime({ backend, files: runtimeFiles(backend) });
  try {
    const graph = new OnnxGraph();
    const inputs = ['a', 'b'].map((name) => graph.input(name, 'f32', ['n']));
    graph.output(graph.node('Add', inputs, {}, 'sum'), 'f32', ['n']);
    const emitted = { model: graph.serialize(), weights: new Map(), outputs: graph.outputs };
    const session = await runtime.open(emitted, []);
    const vector = (values: number[]): ReturnType<typeof runtime.tensor> =>
      runtime.tensor('float32', Float32Array.from(values), [values.length]);
    const { sum } = await session.run({ a: vector(a), b: vector(b) }, { sum: null });
    const values = await sum?.getData();
    if (!(values instanceof Float32Array)) throw new Error('Add gave no f32 tensor.');
    await session.release();
    const features = Array.from(runtime.device?.features ?? []);
    return { backend, crossOriginIsolated: self.crossOriginIsolated, features, sum: Array.from(values) };
  } finally {
    runtime.dispose();
  }
}
