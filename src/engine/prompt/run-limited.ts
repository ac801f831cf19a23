// How a part of the model's own program is run whose steps cannot be counted: its tokenizer's patterns. The browser's
// worker tells the page, which ends the worker; the command line ends the call itself.

export type RunLimited = <T>(job: () => T) => T;

/** With no limit: for models that this repository made itself. */
export const runUnlimited: RunLimited = (job) => job();
