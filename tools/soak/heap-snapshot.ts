// What scripts hold, read from a snapshot as V8 writes it.

/** As much of a heap snapshot as is read: one node after the other, each with these fields. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]] } };
  nodes: number[];
  strings: string[];
}

export interface HeldByScripts {
  /**
   * Of objects, without compiled code, which comes in steps for a thousand questions as more functions
   * become worth compiling, and without the browser's own objects, among which are the inspector's records.
   */
  bytes: number;
  /** Array buffers alive; what they hold lies outside the heap. */
  arrayBuffers: number;
}

export function heldByScripts(text: string): HeldByScripts {
  const { snapshot, nodes, strings } = JSON.parse(text) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const others = new Set([types[0].indexOf('native'), types[0].indexOf('code')]);
  const held = { bytes: 0, arrayBuffers: 0 };
  for (let at = 0; at < nodes.length; at += fields.length) {
    const field = (offset = NaN): number => nodes[at + offset] ?? NaN;
    if (strings[field(name)]?.endsWith('JSArrayBufferData') === true) held.arrayBuffers++;
    if (!others.has(field(type))) held.bytes += field(size);
  }
  return held;
}
