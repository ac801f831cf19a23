// Hashes files for the weights worker. Each file's buffer is transferred here and returned with the hash.

import * as Comlink from 'comlink';
import { exposeOnly } from './checked-port.ts';
import { OwnWalls, trustOwnScripts } from './own-walls.ts';
import { tellViolations } from './tell-violations.ts';
import { hashingHere, type Hash } from '../src/weights/download/hash.ts';

const walls = new OwnWalls(trustOwnScripts());

const hash: Hash = async (bytes) => {
  const hashed = await hashingHere.hash(bytes);
  return Comlink.transfer(hashed, [hashed.bytes.buffer]);
};
const api = { hash, extend: hashingHere.extend, walls: () => walls.report() };
export type HashApi = typeof api;

exposeOnly(api);
self.postMessage('ready');
tellViolations(walls);
