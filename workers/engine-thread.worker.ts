// A thread of the package's processor engine; see kernel.worker.ts. It has no walls of its own, because the app that
// uses the package sets the policy.

import { BlobReading } from '../src/session/blob-reading.ts';
import { exposeOnly } from '../src/session/checked-port.ts';
import { work, type KernelApi } from '../src/session/kernel-thread.ts';

const reading = new BlobReading();

exposeOnly({
  work,
  share: (memory) => reading.share(memory),
  read: (blob, address) => reading.read(blob, address),
} satisfies Omit<KernelApi, 'walls'>);
