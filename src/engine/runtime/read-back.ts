// Copies the numbers of tensors from the memory of the backend to JavaScript, with one wait for all of them.

import { fail } from '../../failure.ts';
import type { Tensor, TensorData, ReadRequest } from './tensor.ts';

// Flags of GPUBufferUsage and GPUMapMode, which Node lacks.
const MAP_READ = 0x01;
const COPY_DST = 0x08;
const GPU_MAP_READ = 0x01;

export const ELEMENT_BYTES = { float32: 4, int32: 4, float16: 2, int64: 8, uint8: 1 } as const;

/** Returns views, because the tensors already lie in JavaScript's memory. */
export function readFromMemory(requests: readonly ReadRequest[]): TensorData[] {
  return requests.map((each) => {
    const { tensor, first, elements } = spanOf(each);
    return asTensorData(tensor.data).subarray(first, first + elements);
  });
}

/**
 * Returns copies, in the order of `wanted`. The runtime's own getData waits once per tensor, which takes
 * several times longer.
 */
export async function readFromDevice(
  device: GPUDevice,
  requests: readonly ReadRequest[],
): Promise<TensorData[]> {
  const copies = requests.map((each) => copyOf(spanOf(each)));
  const staging = device.createBuffer({
    size: copies.reduce((sum, { bytes }) => sum + bytes, 0),
    usage: MAP_READ | COPY_DST,
  });
  const commands = device.createCommandEncoder();
  let at = 0;
  for (const { tensor, from, bytes } of copies) {
    commands.copyBufferToBuffer(tensor.gpuBuffer, from, staging, at, bytes);
    at += bytes;
  }
  device.queue.submit([commands.finish()]);
  await staging.mapAsync(GPU_MAP_READ);
  const all = staging.getMappedRange().slice(0);
  staging.destroy();
  at = 0;
  return copies.map(({ tensor, skip, length, bytes }) => {
    const start = at + skip;
    at += bytes;
    return typedView(tensor, all.slice(start, start + length));
  });
}

/** A range of elements to read from a tensor. */
interface Span {
  tensor: Tensor;
  first: number;
  elements: number;
}

function spanOf(request: ReadRequest): Span {
  if (!('lastRowOf' in request)) return { tensor: request, first: 0, elements: request.size };
  const tensor = request.lastRowOf;
  const elements = tensor.dims.at(-1) ?? 1;
  return { tensor, first: tensor.size - elements, elements };
}

/**
 * The range to copy. Copies begin and end at multiples of four bytes; `skip` is the offset of the first requested byte
 * in the copy.
 */
function copyOf({ tensor, first, elements }: Span): {
  tensor: Tensor;
  from: number;
  bytes: number;
  skip: number;
  length: number;
} {
  const sizes: Partial<Record<Tensor['type'], number>> = ELEMENT_BYTES;
  const size = sizes[tensor.type] ?? fail('bug', `Tensors of type ${tensor.type} are not read.`);
  const skip = (first * size) % 4;
  const length = elements * size;
  return { tensor, from: first * size - skip, bytes: Math.ceil((skip + length) / 4) * 4, skip, length };
}

function typedView(tensor: Tensor, bytes: ArrayBuffer): TensorData {
  if (tensor.type === 'float32') return new Float32Array(bytes);
  if (tensor.type === 'int32') return new Int32Array(bytes);
  return tensor.type === 'int64' ? new BigInt64Array(bytes) : new Uint16Array(bytes);
}

function asTensorData(data: Tensor['data']): TensorData {
  if (
    data instanceof Float32Array ||
    data instanceof Int32Array ||
    data instanceof BigInt64Array ||
    data instanceof Uint16Array
  ) {
    return data;
  }
  return fail('bug', 'The runtime returned a tensor of an unexpected type.');
}
