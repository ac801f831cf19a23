// A file in the models' database with which device-speed.ts measures how fast storage is read.

import type { ScratchFile } from '../../device/device-speed.ts';
import type { Database } from './database.ts';
import type { Key } from './change.ts';

const SCRATCH: Key = ['speed'];

export function scratchFile(database: Database): ScratchFile {
  return {
    write: (bytes) => database.change({ files: [[SCRATCH, bytes]] }),
    read: () => database.file(SCRATCH),
    remove: () => database.change({ gone: [SCRATCH] }),
  };
}
