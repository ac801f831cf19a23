// The media worker: exposes the MediaApi. It opens one picture at a time, so that only one is in memory. It opens none
// until the worker's walls are proven.

import type { MediaApi } from '../src/contract/media.ts';
import { previewClip } from '../src/engine/clip/clip-preview.ts';
import { openClip } from '../src/engine/clip/open-clip.ts';
import { refuseEmpty } from '../src/engine/photo/file-kind.ts';
import { cropPhoto, previewPhoto } from '../src/engine/photo/photo-preview.ts';
import { outcome } from '../src/failure.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { OwnWalls, trustOwnScripts } from '../src/session/own-walls.ts';
import { RunQueue } from '../src/session/run-queue.ts';
import { reportRequests } from '../src/session/report-requests.ts';
import { reportViolations } from '../src/session/report-violations.ts';

const walls = new OwnWalls(trustOwnScripts());
const runs = new RunQueue('serial');

exposeOnly({
  walls: () => outcome(() => walls.report()),
  open: (id, file) =>
    runs.start(id, async (signal) => {
      await walls.demand();
      refuseEmpty(file);
      const clip = await openClip(file);
      return clip === undefined ? previewPhoto(file) : previewClip(file, clip, signal);
    }),
  crop: (id, picture, part) =>
    runs.start(id, async () => {
      await walls.demand();
      return cropPhoto(picture, part);
    }),
  cancel: (id) => runs.cancel(id),
} satisfies MediaApi);
reportRequests();
reportViolations(walls);
