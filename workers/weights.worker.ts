// The weights worker: exposes the WeightsApi over this origin's storage.

import { Database } from '../src/weights/store/database.ts';
import { PACE } from '../src/weights/download/pace.ts';
import { Weights } from '../src/weights/weights.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { HashAside } from '../src/session/hash-aside.ts';
import { OwnWalls, trustOwnScripts } from '../src/session/own-walls.ts';
import { reportRequests } from '../src/session/report-requests.ts';
import { reportViolations } from '../src/session/report-violations.ts';
import { weightsApi } from '../src/session/weights-api.ts';
import hashScript from './hash.worker.ts?worker&url';

const trust = trustOwnScripts([hashScript]);
const walls = new OwnWalls(trust);
const database = new Database();
const aside = new HashAside(trust(hashScript));
// The build puts workers into a folder beside the page; the development server serves them from another place.
const base = new URL(import.meta.env.DEV ? '/' : '../', self.location.href).href;
exposeOnly(
  weightsApi(base, new Weights(database, PACE, aside), database, async () => ({
    weights: await walls.report(),
    hash: await aside.walls(),
  })),
);
reportRequests();
reportViolations(walls);
