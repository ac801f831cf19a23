// The app's own files, as its build lists them for the service worker.

export interface AppFiles {
  /** Of their contents: another list has another version. */
  version: string;
  /** Relative to the page; the page starts with these. */
  shell: string[];
  /** Large ones, needed later. */
  later: string[];
}
