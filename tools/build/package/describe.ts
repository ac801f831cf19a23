// Writes the package.json of the package from the repository's own.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isBuiltin } from 'node:module';

/** The package has another name than the repository, because `darkroom` belongs to another package on npm. */
const NAME = 'darkroom-engine';

/** The only dependency with an exact version, because the graphs were tested with its builds. */
const EXACT = 'onnxruntime-web';

interface RootManifest {
  version: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/**
 * `imported`: the import specifiers of the built files. Packages that the repository itself depends on become
 * dependencies. The others (`sharp`, `webgpu`) are needed only in Node and become optional peer dependencies.
 */
export function describePackage(top: string, imported: readonly string[]): Record<string, unknown> {
  const root = readJson(resolve(top, 'package.json')) as RootManifest;
  const names = [...new Set(imported.filter((id) => !isBuiltin(id)).map(packageOf))].sort();
  const versionOf = (name: string): string => {
    const range = root.dependencies[name] ?? root.devDependencies[name];
    if (range === undefined) throw new Error(`package.json does not list ${name}.`);
    return name === EXACT ? installedVersion(top, name) : range;
  };
  const isOwn = (name: string): boolean => name in root.dependencies;
  const pick = (some: string[]): Record<string, string> =>
    Object.fromEntries(some.map((name) => [name, versionOf(name)]));
  const peers = names.filter((name) => !isOwn(name));
  const entry = (types: string, file: string): Record<string, string> => ({
    types: `./types/${types}.d.ts`,
    default: `./${file}.js`,
  });
  return {
    name: NAME,
    version: root.version,
    description: 'Qwen3-VL in the browser and in Node: WebGPU or WebAssembly, no server.',
    license: root.license,
    type: 'module',
    engines: root.engines,
    // A bundler must keep these scripts, although a worker or a thread may import nothing from them.
    sideEffects: ['./worker.js', './thread.js', './kernels/thread.js'],
    exports: {
      '.': entry('src/index', 'index'),
      './worker': entry('workers/engine.worker', 'worker'),
      './thread': entry('workers/engine-thread.worker', 'thread'),
      './node': entry('src/node', 'node'),
      './package.json': './package.json',
    },
    files: ['*.js', 'kernels', 'parts', 'types'],
    dependencies: pick(names.filter(isOwn)),
    peerDependencies: pick(peers),
    peerDependenciesMeta: Object.fromEntries(peers.map((name) => [name, { optional: true }])),
  };
}

function installedVersion(top: string, name: string): string {
  return (readJson(resolve(top, 'node_modules', name, 'package.json')) as { version: string }).version;
}

/** '@huggingface/jinja/x' → '@huggingface/jinja'. */
function packageOf(id: string): string {
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
