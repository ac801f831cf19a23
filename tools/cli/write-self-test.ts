// npm run self-test -- <package>: writes the package's self-test again, as `npm run convert` does at its end.

import { complaint } from './node/complaint.ts';
import { addSelfTest } from '../../src/node/write-self-test.ts';
import { kernelFiles } from '../build/kernel-files.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('Usage: npm run self-test -- <package>');
  process.exit(1);
}
try {
  const isWritten = await addSelfTest(directory, await kernelFiles(), new AbortController().signal);
  console.log(isWritten ? 'The self-test was written.' : 'The package is too large for a self-test.');
} catch (error) {
  console.error(complaint(error));
  process.exit(1);
}
