// The app's inference worker on a device that computes wrongly. The address's fragment names the fault, which affects
// the device's own copies and shaders, not the stored weights.

/* eslint-disable @typescript-eslint/unbound-method -- each is called on its own object again */
import '../../../workers/inference.worker.ts';
import { PLANTED, type Plant } from './plant.ts';

const plant = JSON.parse(decodeURIComponent(self.location.hash.slice(1))) as Plant;
const channel = new BroadcastChannel(PLANTED);

/** Changes bytes on their way to the device, if they belong to the chosen weights. */
function spoil(bytes: Uint8Array): void {
  if (plant.kind === 'zeros' || !plant.weights.every((byte, index) => bytes[index] === byte)) return;
  if (plant.kind === 'nibble') {
    const byte = bytes[plant.at] ?? 0;
    bytes[plant.at] = ((byte & 15) << 4) | (byte >> 4);
  } else {
    const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
    for (let i = 0; i < numbers.length; i++) numbers[i]! *= plant.factor;
  }
  channel.postMessage(plant.kind);
}

const { writeBuffer } = GPUQueue.prototype;
GPUQueue.prototype.writeBuffer = function (buffer, offset, data, dataOffset = 0, size?): undefined {
  const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
  const unit = 'BYTES_PER_ELEMENT' in view ? Number(view.BYTES_PER_ELEMENT) : 1;
  const length = size === undefined ? view.byteLength - dataOffset * unit : size * unit;
  const copy = Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset + dataOffset * unit, length));
  spoil(copy);
  writeBuffer.call(this, buffer, offset, copy);
};

const mapped = new WeakMap<GPUBuffer, ArrayBuffer>();
const { getMappedRange, unmap } = GPUBuffer.prototype;
GPUBuffer.prototype.getMappedRange = function (...range) {
  const bytes = getMappedRange.apply(this, range);
  mapped.set(this, bytes);
  return bytes;
};
GPUBuffer.prototype.unmap = function (): undefined {
  const bytes = mapped.get(this);
  if (bytes !== undefined) spoil(new Uint8Array(bytes));
  unmap.call(this);
};

const { createShaderModule } = GPUDevice.prototype;
GPUDevice.prototype.createShaderModule = function (descriptor) {
  if (plant.kind !== 'zeros' || descriptor.label?.includes(plant.shader) !== true) {
    return createShaderModule.call(this, descriptor);
  }
  const code = zeroed(descriptor.code);
  if (code !== descriptor.code) channel.postMessage(plant.kind);
  return createShaderModule.call(this, { ...descriptor, code });
};

/** The same shader, except that every number that it stores is zero. */
function zeroed(code: string): string {
  const outputs = Array.from(code.matchAll(/var<storage, *read_write> +(\w+)/g), ([, name = '']) => name);
  return outputs.reduce<string>(
    (all, name) => all.replace(new RegExp(`(\\b${name}\\[[^;]*\\]\\s*=)(?!=)([^;]+);`, 'g'), '$1 ($2) * 0;'),
    code,
  );
}
