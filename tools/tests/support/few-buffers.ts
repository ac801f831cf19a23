// Simulates, on a strong GPU, one with a lower limit of storage buffers.

/**
 * Limits the number of storage buffers per shader on all adapters of `gpu`. The engine requests the limits that an
 * adapter offers, so its device really has this limit.
 */
export function withStorageBuffers(gpu: GPU, count: number): GPU {
  const requestAdapter: GPU['requestAdapter'] = async (options) => {
    const adapter = await gpu.requestAdapter(options);
    if (adapter === null) return null;
    const limits = overlaid(adapter.limits, { maxStorageBuffersPerShaderStage: count });
    return overlaid(adapter, { limits });
  };
  return overlaid(gpu, { requestAdapter });
}

/** Returns the object with some properties replaced. Its methods still run on the original object. */
function overlaid<T extends object>(object: T, own: Partial<T>): T {
  return new Proxy(object, {
    get(target, name): unknown {
      if (name in own) return Reflect.get(own, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
