// Checks the imports in the code against the table of permitted ones. Test files may import anything; a
// type-only import counts like any other.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const top = resolve(import.meta.dirname, '..');

/** Each part of the code base, and the parts and packages that it may import besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/failure': [],
  // The service worker and the page both use it.
  'src/shared-files': [],
  'src/device': [],
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
    'src/paging',
    'src/storage',
    'idb-keyval',
  ],
  'src/engine': [
    'src/failure',
    'src/format',
    'src/device',
    'src/contract',
    'src/graph',
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
  'src/main': ['src/client', 'src/contract', 'src/policy', 'src/ui', 'src/shared-files', 'workers', 'svelte'],
  workers: [
    'src/failure',
    'src/format',
    'src/contract',
    'src/engine',
    'src/policy',
    'src/shared-files',
    'src/weights',
    'comlink',
    'onnxruntime-web',
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

/** Packages that only one file may import. */
const ONE_FILE: Record<string, string> = {
  'onnxruntime-web': 'src/engine/runtime/runtime.ts',
  mediabunny: 'src/engine/clip/video-clip.ts',
  jsonrepair: 'src/ui/answer/read-json.ts',
  dompurify: 'src/ui/answer/harmless-page.ts',
  fflate: 'src/ui/history/export-markdown.ts',
};

interface Import {
  file: string;
  /** The specifier as written. */
  specifier: string;
  /** A part of the code base, or a package. */
  target: string;
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
  return [...found, ...workers].map((specifier) => ({ file, specifier, target: targetOf(file, specifier) }));
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

function isAllowed({ file, target }: Import): boolean {
  const part = partOf(file);
  return target === part || (MAY_IMPORT[part]?.includes(target) ?? false);
}

const told = ({ file, specifier }: Import): string => `${file} imports ${specifier}`;

test('every part of the house is in the table', () => {
  expect(files.map(partOf).filter((part) => !(part in MAY_IMPORT))).toEqual([]);
});

test('nobody imports what the table does not allow', () => {
  expect(imports.filter((one) => !isAllowed(one)).map(told)).toEqual([]);
});

test('a package of one file is imported by that file alone', () => {
  const strays = imports.filter(({ file, target, specifier }) => {
    const home = file.startsWith('e2e/') ? undefined : ONE_FILE[target];
    // Importing a file's address (?url) does not import the package.
    return home !== undefined && file !== home && !specifier.endsWith('?url');
  });
  expect(strays.map(told)).toEqual([]);
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
  expect(odd.map(told)).toEqual([]);
});
