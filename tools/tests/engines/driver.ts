// The remote control of a browser that the walks need: only features that all three engines offer.

export interface Logged {
  kind: string;
  text: string;
}

export interface Driver {
  /** Version string that the browser reports. */
  readonly version: string;
  /** Console messages of the page and its workers so far, as far as the engine reports them. */
  readonly console: readonly Logged[];
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs `job` in the page and awaits it; arguments and result cross as JSON. */
  evaluate<Args extends unknown[], Result>(
    job: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result>;
  /** Clicks with the mouse. */
  click(selector: string): Promise<void>;
  /** Types key by key, after the existing text. */
  type(selector: string, text: string): Promise<void>;
  /** Chooses files, given by absolute paths, in a file input. */
  upload(selector: string, files: string[]): Promise<void>;
  /** Ends the browser and everything started for it. */
  close(): Promise<void>;
}
