// A small ONNX writer: nodes are appended in execution order, and `serialize` returns the model as protobuf.
// Knows the ONNX wire format (field numbers of onnx.proto3) and nothing about any model. Weights are named,
// not stored: each is external data, and the session gets its bytes when it is created.

import { PbfWriter } from 'pbf';

export type ElementType = 'f32' | 'f16' | 'u8' | 'i32' | 'i64';
/** A number is a fixed dimension, a string a symbolic one. */
export type Shape = (number | string)[];
/** The name of a tensor in the graph. '' stands for an omitted optional input. */
export type Value = string;
/** A float attribute is written as { float: x }, because JavaScript cannot distinguish 1.0 from 1. */
export type Attribute = number | string | number[] | { float: number };

const ELEMENT_TYPE: Record<ElementType, number> = { f32: 1, u8: 2, i32: 6, i64: 7, f16: 10 };
const IR_VERSION = 10;
const OPSET = 21;
/** Operators of the ai.onnx domain need no domain name; 'com.microsoft' has onnxruntime's own operators. */
export type Domain = '' | 'com.microsoft';

interface Node {
  op: string;
  domain: Domain;
  inputs: Value[];
  outputs: Value[];
  attributes: Record<string, Attribute>;
}
interface Port {
  name: string;
  type: ElementType;
  shape: Shape;
}
interface Initializer {
  name: string;
  type: ElementType;
  shape: number[];
  /** Inline bytes; omitted for external weights. */
  data?: Uint8Array;
}

export class OnnxGraph {
  readonly #nodes: Node[] = [];
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #initializers = new Map<string, Initializer>();
  #unnamed = 0;

  input(name: string, type: ElementType, shape: Shape): Value {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Declares `value` as an output under its own name. */
  output(value: Value, type: ElementType, shape: Shape): void {
    this.#outputs.push({ name: value, type, shape });
  }

  /**
   * Declares an initializer whose bytes are external data, with its name as the path. A second call with the same name
   * means the same weight.
   */
  weight(name: string, type: ElementType, shape: number[]): Value {
    this.#initializers.set(name, { name, type, shape });
    return name;
  }

  constant(values: Float32Array | Int32Array | BigInt64Array, shape: number[]): Value {
    const type = values instanceof Float32Array ? 'f32' : values instanceof Int32Array ? 'i32' : 'i64';
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const name = `const_${type}_${shape.join('x')}_${[...values].join('_')}`;
    this.#initializers.set(name, { name, type, shape, data });
    return name;
  }

  /** Appends a node with one output, which gets `name`, or a fresh name if that is omitted. */
  node(op: string, inputs: Value[], attributes: Record<string, Attribute> = {}, name?: string): Value {
    return this.#append(op, '', inputs, attributes, [name ?? this.#fresh(op)])[0]!;
  }

  /** Appends a node of the com.microsoft domain with one output. */
  fused(op: string, inputs: Value[], attributes: Record<string, Attribute> = {}, name?: string): Value {
    return this.#append(op, 'com.microsoft', inputs, attributes, [name ?? this.#fresh(op)])[0]!;
  }

  /** Appends a node with several outputs; '' omits an optional one. */
  nodes(
    op: string,
    domain: Domain,
    inputs: Value[],
    attributes: Record<string, Attribute>,
    outputs: Value[],
  ): void {
    this.#append(op, domain, inputs, attributes, outputs);
  }

  name(hint: string): Value {
    return this.#fresh(hint);
  }

  get outputs(): string[] {
    return this.#outputs.map(({ name }) => name);
  }

  /** The model as ONNX protobuf bytes. */
  serialize(): Uint8Array<ArrayBuffer> {
    const pbf = new PbfWriter();
    pbf.writeVarintField(1, IR_VERSION);
    pbf.writeStringField(2, 'darkroom');
    pbf.writeMessage(7, writeGraph, {
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: [...this.#initializers.values()],
    });
    pbf.writeMessage(8, writeOpset, { domain: '', version: OPSET });
    pbf.writeMessage(8, writeOpset, { domain: 'com.microsoft', version: 1 });
    return new Uint8Array(pbf.finish());
  }

  #append(
    op: string,
    domain: Domain,
    inputs: Value[],
    attributes: Record<string, Attribute>,
    outputs: Value[],
  ): Value[] {
    this.#nodes.push({ op, domain, inputs, outputs, attributes });
    return outputs;
  }

  #fresh(hint: string): Value {
    return `${hint}_${this.#unnamed++}`;
  }
}

interface GraphParts {
  nodes: Node[];
  inputs: Port[];
  outputs: Port[];
  initializers: Initializer[];
}

function writeGraph(graph: GraphParts, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'graph');
  for (const tensor of graph.initializers) pbf.writeMessage(5, writeTensor, tensor);
  for (const port of graph.inputs) pbf.writeMessage(11, writeValueInfo, port);
  for (const port of graph.outputs) pbf.writeMessage(12, writeValueInfo, port);
}

function writeNode(node: Node, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.outputs.find((name) => name !== '') ?? node.op);
  pbf.writeStringField(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) {
    pbf.writeMessage(5, writeAttribute, { name, value });
  }
  pbf.writeStringField(7, node.domain);
}

function writeAttribute({ name, value }: { name: string; value: Attribute }, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    pbf.writeVarintField(20, 3);
  } else if (Array.isArray(value)) {
    for (const each of value) pbf.writeVarintField(8, each);
    pbf.writeVarintField(20, 7);
  } else {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, 1);
  }
}

function writeTensor(tensor: Initializer, pbf: PbfWriter): void {
  for (const dimension of tensor.shape) pbf.writeVarintField(1, dimension);
  pbf.writeVarintField(2, ELEMENT_TYPE[tensor.type]);
  pbf.writeStringField(8, tensor.name);
  if (tensor.data !== undefined) {
    pbf.writeBytesField(9, tensor.data);
  } else {
    pbf.writeMessage(13, writeEntry, { key: 'location', value: tensor.name });
    pbf.writeVarintField(14, 1);
  }
}

function writeEntry({ key, value }: { key: string; value: string }, pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeValueInfo(port: Port, pbf: PbfWriter): void {
  pbf.writeStringField(1, port.name);
  pbf.writeMessage(2, writeType, port);
}

function writeType(port: Port, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, port);
}

function writeTensorType(port: Port, pbf: PbfWriter): void {
  pbf.writeVarintField(1, ELEMENT_TYPE[port.type]);
  pbf.writeMessage(2, writeShape, port.shape);
}

function writeShape(shape: Shape, pbf: PbfWriter): void {
  for (const dimension of shape) pbf.writeMessage(1, writeDimension, dimension);
}

function writeDimension(dimension: number | string, pbf: PbfWriter): void {
  if (typeof dimension === 'number') pbf.writeVarintField(1, dimension);
  else pbf.writeStringField(2, dimension);
}

function writeOpset({ domain, version }: { domain: string; version: number }, pbf: PbfWriter): void {
  pbf.writeStringField(1, domain);
  pbf.writeVarintField(2, version);
}
