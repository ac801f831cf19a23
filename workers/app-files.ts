// The app's own files, as its build lists them for the service worker, relative to the page.

export interface AppFiles {
  /** Of their contents: another list has another version. */
  version: string;
  /** The page and its workers do not start without these. */
  start: string[];
  /** What else any device may need. */
  rest: string[];
  /** Large, and of these a device needs some only: it keeps what it has used. */
  ifUsed: string[];
}
