// The list of the app's own files, which the build inserts into the service worker. Paths are relative to the page.

export interface AppFiles {
  /** A hash of the files' contents, which differs whenever any file differs. */
  version: string;
  /** The files without which the page and its workers do not start. */
  start: string[];
  /** The other files that any device may need. */
  rest: string[];
  /** Large files, of which a device needs only some: it stores those that its page has used. */
  ifUsed: string[];
}
