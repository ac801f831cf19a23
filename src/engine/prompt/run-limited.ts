// Runs the parts of a model's own program whose steps cannot be counted: its tokenizer's patterns. In the
// browser the worker reports to the page, which ends the worker; the command line ends the call itself.

export type RunLimited = <T>(job: () => T) => T;

/** Sets no limit: for models that this repository made itself. */
export const runUnlimited: RunLimited = (job) => job();
