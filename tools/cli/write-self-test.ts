// npm run self-test -- <package>: writes the package's self-test again, as `npm run convert` does at its end.

import { complaint } from './node/complaint.ts';
import { writeModelCheck } from './node/write-model-check.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('Usage: npm run self-test -- <package>');
  process.exit(1);
}
try {
  const isWritten = await writeModelCheck(directory);
  console.log(isWritten ? 'The self-test was written.' : 'The package is too large for a self-test.');
  // Exit explicitly: the runtime's threads would keep the process alive.
  process.exit(0);
} catch (error) {
  console.error(complaint(error));
  process.exit(1);
}
