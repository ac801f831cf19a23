// A thread of the package's processor engine; see kernel.worker.ts. It has no walls of its own, because the app that
// uses the package sets the policy.

import { exposeOnly } from '../src/session/checked-port.ts';
import { work, type KernelApi } from '../src/session/kernel-thread.ts';

exposeOnly({ work } satisfies Pick<KernelApi, 'work'>);
