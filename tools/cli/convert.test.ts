// Tests the command line of the converter on a small checkpoint.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointFiles, config, model } from '../tests/support/synthetic-checkpoint.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-'));
  for (const [name, bytes] of checkpointFiles(config('moe'), model('moe')))
    await writeFile(join(root, name), bytes);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('npm run convert', () => {
  const tool = fileURLToPath(new URL('./convert.ts', import.meta.url));
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', tool, ...args], (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, stdout, stderr });
      });
    });

  it('converts, shows its progress and the loss by kind', async () => {
    const { code, stdout, stderr } = await run(root, join(root, 'by-tool'), '--preset', 'small');
    expect(code).toBe(0);
    expect(stderr).toMatch(/100\.0 % .* MB\/s/);
    expect(stdout).toMatch(/attention +\d+ weights +\d\.\d+ %/);
    expect(stdout).toMatch(/small package: .* in 1 shard\n/);
  });

  it('converts GGUF files, finds the other parts of split ones, and says what it rebuilt', async () => {
    const folder = fileURLToPath(new URL('../reference/gguf/', import.meta.url));
    const [language, vision] = ['tiny-moe-q8_0-00001-of-00002.gguf', 'mmproj-tiny-moe-q8_0.gguf'];
    const target = join(root, 'from-gguf');
    const { code, stdout } = await run(
      join(folder, language),
      join(folder, vision),
      target,
      '--no-self-test',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('rebuilt from the keys of the GGUF files: config.json, tokenizer.json,');
    expect(stdout).toMatch(/balanced package: .* in 1 shard\n/);
    const one = await run(join(folder, language), target);
    expect(one).toMatchObject({ code: 1 });
    expect(one.stderr).toContain('None of the GGUF files holds a vision encoder');
  });

  it('reports a fault in one sentence and exits with 1', async () => {
    const nothing = await run(join(root, 'nowhere'), join(root, 'never'));
    expect(nothing).toMatchObject({ code: 1, stderr: 'The checkpoint lacks config.json.\n' });
    const unknown = await run(root, join(root, 'never'), '--preset', 'tiny');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('There is no preset "tiny".');
    expect(await readdir(root)).not.toContain('never');
  });
});
