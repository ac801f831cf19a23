// The weights worker with little patience, so that hundreds of faults take no hours.

import * as Comlink from 'comlink';
import { Database } from '../../src/weights/store/database.ts';
import { Weights } from '../../src/weights/weights.ts';
import { hashAside } from '../../workers/hash-aside.ts';
import { weightsApi } from '../../workers/weights-api.ts';

const PACE = { stallMs: 1500, attempts: 3, firstWaitMs: 10, longestWaitMs: 50, lanes: 4 };

const database = new Database();
Comlink.expose(weightsApi(new Weights(database, PACE, hashAside()), database));
