// The WASM backend computes without ever returning to the event loop: awaiting its runs lets promises
// proceed but no message in, so that a cancel would be heard when the answer is complete. This runtime
// takes a turn of the event loop after each run.

import type { Runtime } from '../src/engine/runtime.ts';

/** As `runtime`, which stays the owner of everything. */
export function attentive(runtime: Runtime): Runtime {
  return {
    backend: runtime.backend,
    precisions: runtime.precisions,
    device: runtime.device,
    isSoftware: runtime.isSoftware,
    open: async (...graphAndWeights) => {
      const session = await runtime.open(...graphAndWeights);
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        run: async (feeds, outputs) => {
          const results = await session.run(feeds, outputs);
          await turn();
          return results;
        },
        release: () => session.release(),
      };
    },
    read: (tensors) => runtime.read(tensors),
    tensor: (type, data, shape) => runtime.tensor(type, data, shape),
    zeros: (precision, shape) => runtime.zeros(precision, shape),
    dispose: () => runtime.dispose(),
  };
}

/** Resolves after what waits in the event loop now. A timer would wait 4 ms each time. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
