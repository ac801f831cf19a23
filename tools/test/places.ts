// Where the tests keep what they make, relative to the repository's root.

/** Packages converted from the committed fixtures, one folder each. */
export const FIXTURE_PACKAGES = '.cache/fixture-packages';
export const APP_PORT = 4183;
export const HARNESS_PORT = 4184;
export const WEIGHTS_PORT = 4185;
export const ROBUST_PORT = 4186;
