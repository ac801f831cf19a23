import { expect, test } from 'vitest';
import { chooseGguf } from './choose-files.ts';

const OFFICIAL = [
  'README.md',
  'Qwen3VL-2B-Instruct-F16.gguf',
  'Qwen3VL-2B-Instruct-Q4_K_M.gguf',
  'Qwen3VL-2B-Instruct-Q8_0.gguf',
  'mmproj-Qwen3VL-2B-Instruct-F16.gguf',
  'mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf',
];

test('a repository of GGUF files gives the 8-bit model and vision encoder', () => {
  expect(chooseGguf(OFFICIAL)).toEqual([
    'Qwen3VL-2B-Instruct-Q8_0.gguf',
    'mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf',
  ]);
});

test('a file that a person chose comes with its counterpart', () => {
  expect(chooseGguf(OFFICIAL, 'Qwen3VL-2B-Instruct-Q4_K_M.gguf')).toEqual([
    'Qwen3VL-2B-Instruct-Q4_K_M.gguf',
    'mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf',
  ]);
  expect(chooseGguf(OFFICIAL, 'mmproj-Qwen3VL-2B-Instruct-F16.gguf')).toEqual([
    'Qwen3VL-2B-Instruct-Q8_0.gguf',
    'mmproj-Qwen3VL-2B-Instruct-F16.gguf',
  ]);
});

test('all parts of a split model belong to it, and an importance matrix is no model', () => {
  const names = [
    'imatrix.gguf',
    'x-F16-split-00001-of-00002.gguf',
    'x-F16-split-00002-of-00002.gguf',
    'mmproj-F16.gguf',
  ];
  expect(chooseGguf(names)).toEqual([
    'x-F16-split-00001-of-00002.gguf',
    'x-F16-split-00002-of-00002.gguf',
    'mmproj-F16.gguf',
  ]);
  expect(chooseGguf(['imatrix.gguf'])).toEqual([]);
});
