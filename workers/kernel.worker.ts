// A thread of the processor engine: computes its share of each program, or reads experts,
// in the memory of the worker that started it.

import { BlobReading } from '../src/session/blob-reading.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { work, type KernelApi } from '../src/session/kernel-thread.ts';
import { OwnWalls, trustOwnScripts } from '../src/session/own-walls.ts';

const reading = new BlobReading();

exposeOnly({
  walls: () => new OwnWalls(trustOwnScripts()).report(),
  work,
  share: (memory) => reading.share(memory),
  read: (blob, address) => reading.read(blob, address),
} satisfies KernelApi);
