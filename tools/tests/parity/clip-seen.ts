// Records the input that a model receives for a clip: the timestamps of its frames, and their colours, computed from
// the patches.

import type { Part } from '../../../src/contract/conversation.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Medium } from '../../../src/engine/media-library.ts';
import type { VisionInput } from '../../../src/engine/photo/photo.ts';
import { fail } from '../../../src/failure.ts';
import type { ClipSeen } from './harness.ts';

const TOKENS = 12;

export async function clipSeen(engine: Engine, clip: Part): Promise<ClipSeen> {
  let seen: Omit<ClipSeen, 'answer'> | undefined;
  let hashed: Promise<void> | undefined;
  const onPixels = ({ prompt }: Medium, input: VisionInput): void => {
    if (prompt.kind !== 'video') fail('bad-request', 'The part is no clip.');
    const { grid, patches } = input;
    const upper = mean(engine, input, 0, (grid.height * grid.width) / 2);
    const shown = { timestamps: prompt.timestamps, grid, colours: colours(engine, input), upper };
    const bytes = new Uint8Array(patches.slice().buffer);
    hashed = crypto.subtle.digest('SHA-256', bytes).then((digest) => {
      seen = { ...shown, hash: Array.from(new Uint8Array(digest)).join() };
    });
  };
  const content: Part[] = [clip, { type: 'text', text: 'What happens?' }];
  const { text } = await engine.answer(
    [{ role: 'user', content }],
    { maxTokens: TOKENS, sampling: {} },
    () => undefined,
    new AbortController().signal,
    { onPixels },
  );
  await hashed;
  return seen === undefined ? fail('bug', 'The vision encoder saw nothing.') : { ...seen, answer: text };
}

/** The mean colour of each frame. */
function colours(engine: Engine, input: VisionInput): number[][] {
  const { grid } = input;
  const { temporalPatchSize } = engine.files.video.geometry;
  return Array.from({ length: grid.frames * temporalPatchSize }, (_, frame) =>
    mean(engine, input, frame, grid.height * grid.width),
  );
}

/** Mean colour of a frame's top `count` patches; each patch is (channel, frame in group, pixel), normalised. */
function mean({ files }: Engine, { grid, patches }: VisionInput, frame: number, count: number): number[] {
  const { geometry, normalization } = files.video;
  const { temporalPatchSize } = geometry;
  const area = geometry.patchSize ** 2;
  const group = Math.floor(frame / temporalPatchSize) * grid.height * grid.width;
  return [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let patch = group; patch < group + count; patch++) {
      const at = ((patch * 3 + channel) * temporalPatchSize + (frame % temporalPatchSize)) * area;
      for (let pixel = 0; pixel < area; pixel++) sum += patches[at + pixel]!;
    }
    return Math.round((sum / (count * area)) * normalization.std[channel]! + normalization.mean[channel]!);
  });
}
