// The weights worker: exposes the WeightsApi over this origin's storage.

import { Database } from '../src/weights/store/database.ts';
import { PACE } from '../src/weights/download/pace.ts';
import { Weights } from '../src/weights/weights.ts';
import { exposeOnly } from './checked-port.ts';
import { HASH_SCRIPT, HashAside } from './hash-aside.ts';
import { OwnWalls, trustOwnScripts } from './own-walls.ts';
import { tellRequests } from './tell-requests.ts';
import { tellViolations } from './tell-violations.ts';
import { weightsApi } from './weights-api.ts';

const trust = trustOwnScripts([HASH_SCRIPT]);
const walls = new OwnWalls(trust);
const database = new Database();
const aside = new HashAside(trust(HASH_SCRIPT));
// The build puts workers into a folder beside the page; the development server serves them from elsewhere.
const base = new URL(import.meta.env.DEV ? '/' : '../', self.location.href).href;
exposeOnly(
  weightsApi(base, new Weights(database, PACE, aside), database, async () => ({
    weights: await walls.report(),
    hash: await aside.walls(),
  })),
);
tellRequests();
tellViolations(walls);
