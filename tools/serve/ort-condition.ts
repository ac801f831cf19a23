// onnxruntime-web's export condition for builds that bring no .wasm or .mjs of their own: we name
// both files (`env.wasm.wasmPaths`), serve them ourselves, and ship only the variants in use.

export const ORT_CONDITION = 'onnxruntime-web-use-extern-wasm';
