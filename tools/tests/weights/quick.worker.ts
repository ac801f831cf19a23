// The weights worker with short timeouts, so that hundreds of faults do not take hours.

import * as Comlink from 'comlink';
import { Database } from '../../../src/weights/store/database.ts';
import { Weights } from '../../../src/weights/weights.ts';
import { HASH_SCRIPT, HashAside } from '../../../workers/hash-aside.ts';
import { OwnWalls, trustOwnScripts } from '../../../workers/own-walls.ts';
import { weightsApi } from '../../../workers/weights-api.ts';

const PACE = { stallMs: 1500, attempts: 3, firstWaitMs: 10, longestWaitMs: 50, lanes: 4 };

const trust = trustOwnScripts([HASH_SCRIPT]);
const walls = new OwnWalls(trust);
const database = new Database();
const aside = new HashAside(trust(HASH_SCRIPT));
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
