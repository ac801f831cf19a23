// Reads the memory that scripts hold from a heap snapshot of V8.

/** The parts of a heap snapshot that this module reads. Nodes follow one another, each with `node_fields`. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]]; edge_fields: string[] } };
  nodes: number[];
  /** The edges of the first node, then those of the second, and so on. */
  edges: number[];
  strings: string[];
}

export interface HeldByScripts {
  /**
   * The size of the objects that scripts hold. It excludes three kinds of memory. Compiled code grows in steps over a
   * thousand questions, as V8 compiles more functions. The browser's own objects include the inspector's records. V8's
   * caches grow, too: the cache of numbers as strings grows from nothing to 64 KB at once.
   */
  bytes: number;
  /** Number of live array buffers; their contents lie outside the heap. */
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

/** Start indices of the nodes that V8's own roots reference. */
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
