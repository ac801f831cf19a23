// Hashes files for the weights worker. The caller transfers each file's buffer to this worker and gets it back with the
// hash.

import * as Comlink from 'comlink';
import type { HashApi } from '../src/session/hash-aside.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { OwnWalls, trustOwnScripts } from '../src/session/own-walls.ts';
import { reportViolations } from '../src/session/report-violations.ts';
import { hashingHere, type Hash } from '../src/weights/download/hash.ts';

const walls = new OwnWalls(trustOwnScripts());

const hash: Hash = async (bytes) => {
  const hashed = await hashingHere.hash(bytes);
  return Comlink.transfer(hashed, [hashed.bytes.buffer]);
};

exposeOnly({ hash, extend: hashingHere.extend, walls: () => walls.report() } satisfies HashApi);
self.postMessage('ready');
reportViolations(walls);
