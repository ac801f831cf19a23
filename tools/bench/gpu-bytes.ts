// Counts the bytes of a realm's GPU buffers, whoever makes them. To be installed before any device is asked for.

export interface GpuBytes {
  now: number;
  peak: number;
}

/** A buffer counts from when it is made until it is destroyed; buffers left to the garbage collector stay. */
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
