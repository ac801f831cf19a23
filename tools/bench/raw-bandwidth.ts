// How fast the memory that holds the weights can be read: the floor's other half.

import type { Runtime } from '../../src/engine/runtime.ts';

const BYTES = 1 << 28;

/** Bytes per second: a sum over a quarter of a gibibyte, on the device or on one thread. */
export async function rawBandwidth(runtime: Runtime): Promise<number> {
  return runtime.device === undefined ? onProcessor() : onDevice(runtime.device);
}

function onProcessor(): number {
  const values = new Float64Array(BYTES / 8).fill(1);
  let best = 0;
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = performance.now();
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < values.length; i += 4) {
      a += values[i]!;
      b += values[i + 1]!;
      c += values[i + 2]!;
      d += values[i + 3]!;
    }
    if (a + b + c + d !== values.length) throw new Error('The sum is wrong.');
    best = Math.max(best, BYTES / ((performance.now() - start) / 1000));
  }
  return best;
}

async function onDevice(device: GPUDevice): Promise<number> {
  const bytes = Math.min(BYTES, device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  const groups = 4096;
  const code = `
    @group(0) @binding(0) var<storage, read> values: array<vec4f>;
    @group(0) @binding(1) var<storage, read_write> sums: array<f32>;
    @compute @workgroup_size(256)
    fn main(@builtin(global_invocation_id) id: vec3u) {
      var sum = vec4f();
      for (var i = id.x; i < arrayLength(&values); i += ${groups * 256}u) { sum += values[i]; }
      sums[id.x] = dot(sum, vec4f(1));
    }`;
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
  });
  const [STORAGE, COPY_DST] = [0x80, 0x08];
  const values = device.createBuffer({ size: bytes, usage: STORAGE | COPY_DST });
  const sums = device.createBuffer({ size: groups * 256 * 4, usage: STORAGE });
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [values, sums].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const run = async (times: number): Promise<number> => {
    const start = performance.now();
    const commands = device.createCommandEncoder();
    const pass = commands.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(groups);
    pass.end();
    device.queue.submit([commands.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / 1000;
  };
  await run(1);
  const times = 8;
  const seconds = Math.min(await run(times), await run(times));
  values.destroy();
  sums.destroy();
  return (bytes * times) / seconds;
}
