import { expect, test } from 'vitest';
import { groupTimestamps, sampleFrames } from './video-frames.ts';
import { sampleClip } from './sample-clip.ts';

const SAMPLING = { fps: 2, minFrames: 4, maxFrames: 768 };

/** A clip with a frame for each duration, in milliseconds. */
function clip(durations: number[]): { frameCount: number; fps: number; starts: number[] } {
  let ms = 0;
  const starts = durations.map((duration) => (ms += duration) - duration).map((start) => start / 1000);
  return { frameCount: durations.length, fps: (durations.length * 1000) / ms, starts };
}

test.each([
  ['30 frames of 100 ms', Array.from({ length: 30 }, () => 100)],
  [
    'a GIF at 30 frames per second, whose times are whole hundredths',
    Array.from({ length: 90 }, (_, i) => (i % 3 === 2 ? 40 : 30)),
  ],
  ['one frame', [500]],
])('%s are counted as the reference counts them', (_, durations) => {
  const even = clip(durations);
  const indices = sampleFrames(even.frameCount, even.fps, SAMPLING);
  expect(sampleClip(even, SAMPLING)).toEqual({ frames: indices, indices, fps: even.fps });
});

test('a clip whose equal frames were joined is seen as the whole one, with the same times', () => {
  // 8 seconds at 10 frames per second; in the joined clip, one picture replaces 5 of the seconds.
  const whole = sampleClip(clip(Array.from({ length: 80 }, () => 100)), SAMPLING);
  const joined = sampleClip(
    clip([...Array.from({ length: 15 }, () => 100), 5000, ...Array.from({ length: 15 }, () => 100)]),
    SAMPLING,
  );
  const joinedOf = (frame: number): number => (frame < 15 ? frame : frame < 65 ? 15 : frame - 49);
  expect(joined.fps).toBe(whole.fps);
  expect(joined.indices).toEqual(whole.indices);
  expect(joined.frames).toEqual(whole.frames.map(joinedOf));
  expect(joined.frames.filter((frame) => frame === 15).length).toBeGreaterThan(8);
});

test('a frame is announced with a time at which it is shown', () => {
  // Half of the frames are shown within the first half second, then six a second.
  const durations = Array.from({ length: 30 }, (_, i) => (i < 15 ? 33 : 167));
  const uneven = clip(durations);
  const { frames, indices, fps } = sampleClip(uneven, SAMPLING);
  const seconds = groupTimestamps(indices, fps, 1);
  frames.forEach((frame, at) => {
    expect(uneven.starts[frame]).toBeLessThanOrEqual(seconds[at]!);
    expect(uneven.starts[frame + 1] ?? Infinity).toBeGreaterThan(seconds[at]!);
  });
});

test('two pictures shown for different times are announced with their times', () => {
  const { frames, indices, fps } = sampleClip(clip([500, 3500]), SAMPLING);
  expect(frames).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
  expect(groupTimestamps(indices, fps, 2)).toEqual([0.25, 1.25, 2.25, 3.25]);
});
