// A possible way out of the app: a function that runs in a page or a worker in the browser. It receives an address at
// the sink whose path contains the channel's name and the canary. It is sent as source text, so it cannot use its
// module.

export interface Channel {
  name: string;
  /** Tries the channel; `url` is http://host:port/<realm and channel>/<canary>. */
  run: (url: string) => unknown;
  /**
   * The evidence of a leak, if it is not the path: for 'port', any packet or connection at a separate port; for 'dns',
   * a lookup of the name.
   */
  seenAs?: 'port' | 'dns';
}
