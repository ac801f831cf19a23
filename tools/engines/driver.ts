// What the walks need of a browser under remote control: as little as three engines have in common.

export interface Logged {
  kind: string;
  text: string;
}

export interface Driver {
  /** As the browser says it. */
  readonly version: string;
  /** What the console has shown so far, the page's and its workers', as far as the engine tells it. */
  readonly console: readonly Logged[];
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs in the page; arguments and result cross as JSON. A promise is waited for. */
  evaluate<Args extends unknown[], Result>(
    job: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result>;
  /** With the mouse. */
  click(selector: string): Promise<void>;
  /** Key by key, into what is there. */
  type(selector: string, text: string): Promise<void>;
  /** Absolute paths, into an input for files. */
  upload(selector: string, files: string[]): Promise<void>;
  /** Ends the browser and what was started for it. */
  close(): Promise<void>;
}
