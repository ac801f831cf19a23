// A thread of the processor engine: computes its share of each program, in the memory of the worker that started it.

import { exposeOnly } from '../src/session/checked-port.ts';
import { work, type KernelApi } from '../src/session/kernel-thread.ts';
import { OwnWalls, trustOwnScripts } from '../src/session/own-walls.ts';

exposeOnly({
  walls: () => new OwnWalls(trustOwnScripts()).report(),
  work,
} satisfies KernelApi);
