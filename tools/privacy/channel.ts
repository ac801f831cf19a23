// A way out that is tried: a function that runs in the browser, in a page or a worker. It gets an address at the sink
// whose path says which way it is and carries the canary; it knows nothing of its module.

export interface Channel {
  name: string;
  /** `url` is http://host:port/<realm and channel>/<canary>. */
  run: (url: string) => unknown;
  /**
   * What shows that it leaked, if not the path: 'port' is any packet or connection at a port of its own, 'dns' a name
   * that was looked up.
   */
  seenAs?: 'port' | 'dns';
}
