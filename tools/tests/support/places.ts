// The paths of the files that the tests create, relative to the repository's root, and the tests' ports.

/** Packages converted from the committed fixtures, one folder each. */
export const FIXTURE_PACKAGES = '.cache/fixture-packages';
/** Folder of a generated checkpoint while it is converted. */
export const MADE_CHECKPOINT = '.cache/made-checkpoint';
/** The first port that the tests use. With different values, two checkouts can run their tests at the same time. */
const FIRST_PORT = Number(process.env.DARKROOM_TEST_PORT ?? 4183);
export const APP_PORT = FIRST_PORT;
export const HARNESS_PORT = FIRST_PORT + 1;
export const WEIGHTS_PORT = FIRST_PORT + 2;
export const ROBUST_PORT = FIRST_PORT + 3;
/** The first of several ports, one for each web server. */
export const HOSTING_PORT = FIRST_PORT + 10;
