// Collects the licence texts of the third-party packages in the build, as these licences require.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dependency } from './dependencies.ts';

/**
 * Packages without a licence file. They are under the MIT licence, and their repositories name the copyright holder.
 */
const HOLDERS: Record<string, string> = {
  'onnxruntime-common': 'Microsoft Corporation',
  'onnxruntime-web': 'Microsoft Corporation',
};

const MIT = (holder: string): string => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Fails for a package whose licence terms are unknown. */
export function notices(dependencies: readonly Dependency[]): string {
  const parts = dependencies.map((dependency) => {
    const { name, version, license } = dependency;
    return `${name} ${version} (${license})\n\n${licenseText(dependency)}\n`;
  });
  const line = '-'.repeat(100);
  return `Darkroom contains the following work of others. ONNX Runtime's WebAssembly contains more of it, which
https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt lists.\n\n${parts.map((part) => `${line}\n\n${part}`).join('\n')}`;
}

function licenseText({ name, license, folder }: Dependency): string {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const bundled = join(folder, 'ThirdPartyNotices.txt');
  if (existsSync(bundled)) texts.push(readFileSync(bundled, 'utf8').trim());
  if (texts.length > 0) return texts.join('\n\n');
  const holder = HOLDERS[name];
  if (holder === undefined || license !== 'MIT') throw new Error(`${name} has no licence text.`);
  return MIT(holder);
}
