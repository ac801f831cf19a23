// Counts the bytes of all GPU buffers of a realm. Must be installed before any device is requested.

export interface GpuBytes {
  now: number;
  peak: number;
}

/** Counts a buffer from its creation until it is destroyed; a buffer left to the garbage collector stays counted. */
export function countGpuBytes(): GpuBytes {
  const bytes: GpuBytes = { now: 0, peak: 0 };
  const live = new Map<GPUBuffer, number>();
  const { prototype: device } = GPUDevice;
  const { prototype: buffers } = GPUBuffer;
  const make = Reflect.get(device, 'createBuffer');
  device.createBuffer = function createBuffer(descriptor) {
    const buffer = make.call(this, descriptor);
    live.set(buffer, descriptor.size);
    bytes.now += descriptor.size;
    bytes.peak = Math.max(bytes.peak, bytes.now);
    return buffer;
  };
  const destroy = Reflect.get(buffers, 'destroy');
  buffers.destroy = function destroyBuffer() {
    bytes.now -= live.get(this) ?? 0;
    live.delete(this);
    destroy.call(this);
    return undefined;
  };
  return bytes;
}
