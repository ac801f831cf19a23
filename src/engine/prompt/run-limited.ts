// Runs the patterns of a model's tokenizer, whose steps cannot be counted, with a time limit. In the browser, the
// worker reports to the page, which ends the worker; the command line ends the call itself.

export type RunLimited = <T>(job: () => T) => T;

/** Sets no limit, for models that this repository made itself. */
export const runUnlimited: RunLimited = (job) => job();
