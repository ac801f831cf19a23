// The weights worker with short timeouts, so that hundreds of faults do not take hours.

import * as Comlink from 'comlink';
import { Database } from '../../../src/weights/store/database.ts';
import { Weights } from '../../../src/weights/weights.ts';
import { HashAside } from '../../../src/session/hash-aside.ts';
import { OwnWalls, trustOwnScripts } from '../../../src/session/own-walls.ts';
import { weightsApi } from '../../../src/session/weights-api.ts';
import hashScript from '../../../workers/hash.worker.ts?worker&url';

const PACE = { stallMs: 1500, attempts: 3, firstWaitMs: 10, longestWaitMs: 50, lanes: 4 };

const trust = trustOwnScripts([hashScript]);
const walls = new OwnWalls(trust);
const database = new Database();
const aside = new HashAside(trust(hashScript));
Comlink.expose(
  weightsApi(
    new URL('/', self.location.href).href,
    new Weights(database, PACE, aside),
    database,
    async () => ({
      weights: await walls.report(),
      hash: await aside.walls(),
    }),
  ),
);
