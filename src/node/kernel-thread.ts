// A thread of the processor engine in Node; kernels.ts starts it.

import { parentPort, workerData } from 'node:worker_threads';
import { workInCrew, type ThreadStart } from '../kernels/kernels.ts';

await workInCrew(workerData as ThreadStart, () => parentPort?.postMessage('ready'));
