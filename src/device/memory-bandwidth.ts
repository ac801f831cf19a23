// Measures how fast a GPU reads its own memory. That speed limits decoding, because every token needs all weights read
// once.

/** Returns bytes per second, measured by summing a buffer of at most `mostBytes`. */
export async function memoryBandwidth(device: GPUDevice, mostBytes: number): Promise<number> {
  const bytes = Math.min(mostBytes, device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
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
