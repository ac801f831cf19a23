// Where the tests keep what they make, relative to the repository's root.

/** Packages converted from the committed fixtures, one folder each. */
export const FIXTURE_PACKAGES = '.cache/fixture-packages';
/** Where a checkpoint lies for as long as it is converted. */
export const MADE_CHECKPOINT = '.cache/made-checkpoint';
/** The first of the ports that the tests use; another one lets two checkouts run their tests at once. */
const FIRST_PORT = Number(process.env.DARKROOM_TEST_PORT ?? 4183);
export const APP_PORT = FIRST_PORT;
export const HARNESS_PORT = FIRST_PORT + 1;
export const WEIGHTS_PORT = FIRST_PORT + 2;
export const ROBUST_PORT = FIRST_PORT + 3;
/** One for each web server. */
export const HOSTING_PORT = FIRST_PORT + 10;
