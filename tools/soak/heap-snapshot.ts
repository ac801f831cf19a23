// What scripts hold, read from a snapshot as V8 writes it.

/** As much of a heap snapshot as is read: one node after the other, each with these fields. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]]; edge_fields: string[] } };
  nodes: number[];
  /** Those of the first node, then those of the second, and so on. */
  edges: number[];
  strings: string[];
}

export interface HeldByScripts {
  /**
   * Of objects, without compiled code, which comes in steps for a thousand questions as more functions
   * become worth compiling, without the browser's own objects, among which are the inspector's records, and
   * without V8's caches: that of numbers as strings goes from nothing to 64 KB at once.
   */
  bytes: number;
  /** Array buffers alive; what they hold lies outside the heap. */
  arrayBuffers: number;
}

export function heldByScripts(text: string): HeldByScripts {
  const heap = JSON.parse(text) as Snapshot;
  const { snapshot, nodes, strings } = heap;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const others = new Set([types[0].indexOf('native'), types[0].indexOf('code')]);
  const caches = heldByRoots(heap);
  const held = { bytes: 0, arrayBuffers: 0 };
  for (let at = 0; at < nodes.length; at += fields.length) {
    const field = (offset = NaN): number => nodes[at + offset] ?? NaN;
    if (strings[field(name)]?.endsWith('JSArrayBufferData') === true) held.arrayBuffers++;
    if (!others.has(field(type)) && !caches.has(at)) held.bytes += field(size);
  }
  return held;
}

/** Where the nodes begin that V8 itself points at. */
function heldByRoots({ snapshot, nodes, edges, strings }: Snapshot): Set<number> {
  const { node_fields: fields, edge_fields: edgeFields } = snapshot.meta;
  const [name, count] = ['name', 'edge_count'].map((field) => fields.indexOf(field));
  const target = edgeFields.indexOf('to_node');
  let edge = 0;
  for (let at = 0; at < nodes.length; at += fields.length) {
    const field = (offset = NaN): number => nodes[at + offset] ?? NaN;
    const end = edge + field(count) * edgeFields.length;
    if (strings[field(name)] === '(Strong root list)') {
      const held = new Set<number>();
      for (; edge < end; edge += edgeFields.length) held.add(edges[edge + target] ?? NaN);
      return held;
    }
    edge = end;
  }
  throw new Error('The snapshot has no roots.');
}
