// Checks the imports in the code against the table of permitted ones. Test files may import anything; a
// type-only import counts like any other.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const top = resolve(import.meta.dirname, '..');

/** Each part of the code base, and the parts and packages that it may import besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/failure': [],
  // The service worker and the page both use it.
  'src/shared-files': [],
  // It measures the processor with the kernels themselves.
  'src/device': ['src/format', 'src/contract', 'src/paging', 'src/kernels'],
  'src/policy': [],
  'src/format': ['src/failure'],
  'src/convert': ['src/failure', 'src/format'],
  'src/graph': ['src/failure', 'src/format', 'pbf'],
  'src/contract': ['src/failure', 'src/format', 'src/policy'],
  'src/paging': ['src/failure'],
  'src/kernels': ['src/failure'],
  'src/storage': ['src/failure', 'idb-keyval'],
  'src/weights': [
    'src/failure',
    'src/format',
    'src/device',
    'src/convert',
    'src/contract',
    'src/storage',
    'idb-keyval',
  ],
  'src/engine': [
    'src/failure',
    'src/format',
    'src/device',
    'src/contract',
    'src/graph',
    'src/kernels',
    'src/paging',
    'onnxruntime-web',
    '@huggingface/jinja',
    '@huggingface/tokenizers',
    'mediabunny',
  ],
  'src/client': ['src/failure', 'src/contract', 'src/policy', 'comlink'],
  'src/ui': [
    'src/failure',
    'src/format',
    'src/contract',
    'src/client',
    'src/policy',
    'src/storage',
    'svelte',
    '@lucide/svelte',
    'dompurify',
    'fflate',
    'idb-keyval',
    'jsonrepair',
    'katex',
    'marked',
  ],
  // The API of the package `darkroom-engine`: the part for pages, and the code that its entries for pages and for Node
  // share.
  'src/api': [
    'src/failure',
    'src/format',
    'src/device',
    'src/contract',
    'src/weights',
    'src/engine',
    'src/kernels',
    'src/client',
    'src/session',
  ],
  'src/index': ['src/failure', 'src/format', 'src/contract', 'src/convert', 'src/api'],
  // The package in Node: its entry, and the stores, decoders and runtimes that need Node. The command lines also use
  // them.
  'src/node': [
    'src/failure',
    'src/format',
    'src/contract',
    'src/convert',
    'src/engine',
    'src/kernels',
    'src/session',
    'src/api',
    'sharp',
    'webgpu',
    'node:crypto',
    'node:fs',
    'node:module',
    'node:os',
    'node:path',
    'node:vm',
    'node:worker_threads',
  ],
  // The product logic of the page's workers, whose entries are in workers/.
  'src/session': [
    'src/failure',
    'src/format',
    'src/device',
    'src/contract',
    'src/engine',
    'src/kernels',
    'src/policy',
    'src/weights',
    'comlink',
    // The compiled kernels; see tools/build/shared-config.ts.
    'darkroom-kernels',
    'onnxruntime-web',
  ],
  // The product logic of the service worker.
  'src/offline': ['src/policy', 'src/shared-files'],
  'src/main': ['src/client', 'src/contract', 'src/policy', 'src/ui', 'src/shared-files', 'workers', 'svelte'],
  // Entries only: they create the long-lived objects and expose them.
  workers: [
    'src/api',
    'src/failure',
    'src/contract',
    'src/engine',
    'src/policy',
    'src/session',
    'src/offline',
    'src/weights',
    'comlink',
  ],
  e2e: [
    '@playwright/test',
    '@axe-core/playwright',
    'mediabunny',
    'sharp',
    'vite',
    'node:fs',
    'node:path',
    'node:zlib',
  ],
};

/**
 * The rooms of each part (its folders, and the files directly in it), in the order of their layers. A room may import
 * only the rooms in its list. Those stand above the room in the table, so the imports between rooms have no cycles.
 */
const ROOMS: Record<string, Record<string, string[]>> = {
  'src/engine': {
    runtime: [],
    photo: [],
    preprocess: ['photo'],
    clip: ['photo', 'preprocess'],
    vision: ['runtime', 'photo'],
    prompt: ['photo', 'preprocess'],
    answer: ['prompt'],
    decoder: ['runtime', 'prompt', 'vision'],
    processor: ['photo', 'vision', 'decoder'],
    'device-check': ['runtime', 'answer'],
    'checkpoint-files': ['preprocess', 'prompt'],
    'media-library': ['photo', 'preprocess', 'clip', 'vision', 'prompt', 'checkpoint-files'],
    'engine-options': ['clip', 'prompt', 'decoder'],
    'answer-trace': ['photo', 'prompt', 'decoder', 'media-library'],
    engine: [
      ...['photo', 'vision', 'prompt', 'answer', 'decoder'],
      ...['checkpoint-files', 'media-library', 'engine-options', 'answer-trace'],
    ],
    'load-engine': [
      ...['runtime', 'photo', 'vision', 'decoder', 'device-check'],
      ...['checkpoint-files', 'engine-options', 'engine'],
    ],
    'load-processor-engine': [
      ...['photo', 'vision', 'decoder', 'processor'],
      ...['checkpoint-files', 'engine-options', 'engine'],
    ],
    'self-check': ['processor', 'media-library', 'engine'],
  },
  'src/ui': {
    kit: [],
    aloud: ['kit'],
    experts: ['kit'],
    install: ['kit'],
    offline: ['kit'],
    models: ['kit'],
    library: ['kit', 'models'],
    settings: ['kit', 'install', 'models'],
    media: ['kit'],
    samples: ['kit', 'media'],
    answer: [],
    conversation: ['answer', 'media'],
    stage: ['kit', 'answer', 'conversation', 'media'],
    composer: ['kit', 'conversation', 'models', 'media', 'settings', 'stage'],
    suggestions: ['kit', 'answer', 'conversation', 'media', 'stage'],
    transcript: ['kit', 'aloud', 'answer', 'conversation', 'models', 'media', 'samples', 'stage'],
    history: ['kit', 'answer', 'conversation', 'media'],
    tab: ['kit', 'composer', 'conversation', 'history', 'media'],
    update: ['kit', 'tab'],
    privacy: ['kit', 'history', 'offline', 'tab'],
    shell: [
      ...['kit', 'aloud', 'answer', 'composer', 'conversation', 'experts', 'history', 'install', 'library'],
      ...['models', 'offline', 'media', 'privacy', 'samples', 'settings', 'stage', 'suggestions', 'tab'],
      ...['transcript', 'update'],
    ],
    kiosk: [
      ...['kit', 'aloud', 'answer', 'composer', 'conversation', 'library', 'models', 'media', 'privacy'],
      ...['samples', 'settings', 'shell', 'stage', 'transcript'],
    ],
  },
};

/** Packages that only one file, or one folder, may import. */
const ONE_FILE: Record<string, string> = {
  'onnxruntime-web': 'src/engine/runtime/',
  mediabunny: 'src/engine/clip/video-clip.ts',
  jsonrepair: 'src/ui/answer/read-json.ts',
  dompurify: 'src/ui/answer/harmless-page.ts',
  fflate: 'src/ui/history/export-markdown.ts',
};

interface Import {
  file: string;
  /** The specifier in the import statement. */
  specifier: string;
  /** A part of the code base, or a package. */
  target: string;
  /** The imported file; undefined for a package. */
  path: string | undefined;
}

const files = ['src', 'workers', 'e2e']
  .flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name).split(sep).join('/'),
    ),
  )
  .filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts'));
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(top, file), 'utf8');
  const code = file.endsWith('.svelte') ? (/<script[^>]*>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '') : text;
  const found = ts
    .preProcessFile(code, true, true)
    .importedFiles.map((one) => one.fileName.replace(/\.ts\?worker&url$/, '.ts'));
  const workers = Array.from(
    code.matchAll(/new URL\('([^']+\.ts)', import\.meta\.url\)/g),
    (match) => match[1] ?? '',
  );
  return [...found, ...workers].map((specifier) => ({
    file,
    specifier,
    target: targetOf(file, specifier),
    path: specifier.startsWith('.') ? posix.join(dirname(file), specifier) : undefined,
  }));
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return partOf(posix.join(dirname(file), specifier));
  const names = specifier.split('/');
  return names.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** 'src/engine/prompt/prompt.ts' → 'src/engine'; 'src/failure.ts' → 'src/failure'. */
function partOf(file: string): string {
  const names = file.replace(/\.(ts|svelte)$/, '').split('/');
  return names.slice(0, names[0] === 'src' ? 2 : 1).join('/');
}

/** 'src/ui/kit/back.ts' → 'kit'. A file that lies directly in its part is a room of its own: 'engine.ts' → 'engine'. */
function roomOf(part: string, file: string): string | undefined {
  if (!file.startsWith(`${part}/`)) return undefined;
  return file
    .slice(part.length + 1)
    .replace(/\.(ts|svelte|css)$/, '')
    .split('/')[0];
}

function isAllowed({ file, target }: Import): boolean {
  const part = partOf(file);
  return target === part || (MAY_IMPORT[part]?.includes(target) ?? false);
}

const asText = ({ file, specifier }: Import): string => `${file} imports ${specifier}`;

test('every part of the code base is in the table', () => {
  expect(files.map(partOf).filter((part) => !(part in MAY_IMPORT))).toEqual([]);
});

test('each part imports only what the table allows', () => {
  expect(imports.filter((one) => !isAllowed(one)).map(asText)).toEqual([]);
});

test('the imports between files have no cycles', () => {
  const targets = new Map(files.map((file): [string, string[]] => [file, []]));
  // A recursive component imports itself.
  for (const { file, path } of imports)
    if (path !== undefined && path !== file) targets.get(file)?.push(path);
  const done = new Set<string>();
  const circleFrom = (file: string, path: readonly string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' → ');
    if (done.has(file)) return undefined;
    for (const target of targets.get(file) ?? []) {
      const circle = circleFrom(target, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  expect(files.map((file) => circleFrom(file, [])).find((circle) => circle !== undefined)).toBeUndefined();
});

describe.each(Object.entries(ROOMS))('the rooms of %s', (part, rooms) => {
  const inside = files.flatMap((file) => {
    const room = roomOf(part, file);
    return room === undefined ? [] : [{ file, room }];
  });

  test('are all in the table, and each file lies in one', () => {
    expect(inside.filter(({ room }) => !(room in rooms)).map(({ file }) => file)).toEqual([]);
    expect(Object.keys(rooms).filter((name) => !inside.some(({ room }) => room === name))).toEqual([]);
  });

  test('import only the rooms that the table allows', () => {
    const strays = imports.filter(({ file, path }) => {
      const [from, to] = [roomOf(part, file), path === undefined ? undefined : roomOf(part, path)];
      return from !== undefined && to !== undefined && from !== to && !rooms[from]?.includes(to);
    });
    expect(strays.map(asText)).toEqual([]);
  });

  test('are listed after the rooms that they import', () => {
    const names = Object.keys(rooms);
    const upward = names.flatMap((name, index) =>
      (rooms[name] ?? [])
        .filter((other) => !names.slice(0, index).includes(other))
        .map((other) => [name, other]),
    );
    expect(upward).toEqual([]);
  });
});

test('a package of one file is imported by that file alone', () => {
  const strays = imports.filter(({ file, target, specifier }) => {
    const home = file.startsWith('e2e/') ? undefined : ONE_FILE[target];
    // Importing a file's address (?url) does not import the package.
    return home !== undefined && !file.startsWith(home) && !specifier.endsWith('?url');
  });
  expect(strays.map(asText)).toEqual([]);
});

test('the contract holds types only', () => {
  const contract = files.filter((file) => file.startsWith('src/contract/'));
  expect(contract.length).toBeGreaterThan(0);
  const withCode = contract.filter((file) => {
    const { outputText } = ts.transpileModule(readFileSync(join(top, file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, removeComments: true },
    });
    return outputText.replace('export {};', '').trim() !== '';
  });
  expect(withCode).toEqual([]);
});

test('no import leaves the repository, and relative ones carry their extension', () => {
  const relatives = imports.filter(({ specifier }) => specifier.startsWith('.'));
  const odd = relatives.filter(({ file, specifier }) => {
    const path = relative(top, resolve(top, dirname(file), specifier));
    return path.startsWith('..') || !/\.(ts|svelte|css)$/.test(specifier);
  });
  expect(odd.map(asText)).toEqual([]);
});
