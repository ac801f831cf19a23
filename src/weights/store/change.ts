// Keys of the models' database, and changes that happen in one transaction.

export type Key = [kind: string, ...rest: (string | number)[]];

export interface Change {
  /** Entries to store as Blobs. */
  files?: [Key, Uint8Array<ArrayBuffer>][];
  records?: [Key, unknown][];
  gone?: Key[];
  /** Prefixes: every entry whose key begins with one of them is deleted. */
  goneUnder?: Key[];
}
