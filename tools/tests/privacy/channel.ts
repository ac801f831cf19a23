// A possible way out: a function that runs in a page or a worker in the browser. It receives an address at the sink
// whose path names the channel and carries the canary. It is sent as source text, so it cannot use its module.

export interface Channel {
  name: string;
  /** Tries the channel; `url` is http://host:port/<realm and channel>/<canary>. */
  run: (url: string) => unknown;
  /**
   * The evidence of a leak, if not the path: 'port' is any packet or connection at a port of its own, 'dns' a lookup
   * of the name.
   */
  seenAs?: 'port' | 'dns';
}
