import { expect, test } from 'vitest';
import { heldByScripts } from './heap-snapshot.ts';

const TYPES = ['object', 'array', 'native', 'code', 'synthetic'];
const NODE_FIELDS = ['type', 'name', 'self_size', 'edge_count'];

test('the count covers memory that scripts hold, not that of the browser, the compiler or V8’s roots', () => {
  const strings = ['', '(Strong root list)', 'system / JSArrayBufferData', 'Turn'];
  const nodes: [type: string, name: number, size: number, edges: number][] = [
    ['object', 3, 100, 1],
    ['synthetic', 1, 0, 1],
    ['array', 0, 65_536, 0], // a cache: only the roots reference it
    ['array', 0, 20, 0], // held by the turn
    ['native', 2, 5000, 0],
    ['code', 0, 7000, 0],
  ];
  const edges = [
    [0, 0, 3 * NODE_FIELDS.length],
    [0, 0, 2 * NODE_FIELDS.length],
  ];
  const text = JSON.stringify({
    snapshot: {
      meta: {
        node_fields: NODE_FIELDS,
        node_types: [TYPES],
        edge_fields: ['type', 'name_or_index', 'to_node'],
      },
    },
    nodes: nodes.flatMap(([type, ...rest]) => [TYPES.indexOf(type), ...rest]),
    edges: edges.flat(),
    strings,
  });
  expect(heldByScripts(text)).toEqual({ bytes: 120, arrayBuffers: 1 });
});
