// The weights worker: exposes the WeightsApi over this origin's storage.

import * as Comlink from 'comlink';
import { Database } from '../src/weights/store/database.ts';
import { PACE } from '../src/weights/download/pace.ts';
import { Weights } from '../src/weights/weights.ts';
import { hashAside } from './hash-aside.ts';
import { tellRequests } from './tell-requests.ts';
import { weightsApi } from './weights-api.ts';

const database = new Database();
Comlink.expose(weightsApi(new Weights(database, PACE, hashAside()), database));
tellRequests();
