// Compares with frame numbers and times of the reference (transformers 5.17: sample_frames, _calculate_timestamps).

import { describe, expect, test } from 'vitest';
import { formatTimestamp } from '../prompt/format-timestamp.ts';
import { groupTimestamps, sampleFrames } from './video-frames.ts';

const SAMPLING = { fps: 2, minFrames: 4, maxFrames: 768 };

describe.each([
  [300, 30, 20, [0, 16, 31, 47, 63, 79], ['0.3', '1.3', '2.4', '3.4']],
  [303, 29.97, 20, [0, 16, 32, 48, 64, 79], ['0.3', '1.3', '2.4', '3.4']],
  [50, 25, 4, [0, 16, 33, 49], ['0.3', '1.6']],
  [3, 30, 3, [0, 1, 2], ['0.0', '0.1']],
  [90000, 30, 768, [0, 117, 235, 352], ['1.9', '9.8', '17.6']],
])('a video of %i frames at %f', (total, fps, count, first, times) => {
  const indices = sampleFrames(total, fps, SAMPLING);

  test('is sampled evenly', () => {
    expect(indices).toHaveLength(count);
    expect(indices.slice(0, first.length)).toEqual(first);
    expect(indices.at(-1)).toBe(total - 1);
  });

  test('announces each pair of frames with its middle', () => {
    const seconds = groupTimestamps(indices, fps, 2);
    expect(seconds).toHaveLength(Math.ceil(count / 2));
    const texts = times.map((time) => `<${time} seconds>`);
    expect(seconds.slice(0, times.length).map(formatTimestamp)).toEqual(texts);
  });
});

test('one frame is sampled from a video of one', () => {
  expect(sampleFrames(1, 30, SAMPLING)).toEqual([0]);
});

test('a half is rounded to the even frame', () => {
  // linspace(0, 3, 3) = 0, 1.5, 3 and linspace(0, 5, 3) = 0, 2.5, 5
  const three = { fps: 100, minFrames: 1, maxFrames: 3 };
  expect(sampleFrames(4, 1, three)).toEqual([0, 2, 3]);
  expect(sampleFrames(6, 1, three)).toEqual([0, 2, 5]);
});

test('a video without frames or rate is refused', () => {
  expect(() => sampleFrames(0, 30, SAMPLING)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  expect(() => groupTimestamps([0], 0, 2)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});
