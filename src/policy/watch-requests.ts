// Every request of this realm (page or worker), as the browser itself counts them, from the first one on.

export interface SeenRequest {
  url: string;
  /** Of the answer's body; null where another host does not let it be known, or nothing came. */
  bytes: number | null;
  /** Milliseconds since 1970. */
  at: number;
}

/** Tells what has been asked for so far, and from then on what is asked for. */
export function watchRequests(tell: (requests: SeenRequest[]) => void): void {
  const observer = new PerformanceObserver((list) => {
    const requests = list.getEntries().flatMap((entry) => {
      if (!(entry instanceof PerformanceResourceTiming)) return [];
      const { name, transferSize, encodedBodySize, startTime } = entry;
      // What the service worker or a cache answered has a body that nothing was transferred for.
      const bytes = encodedBodySize > 0 ? encodedBodySize : transferSize > 0 ? transferSize : null;
      return [{ url: name, bytes, at: performance.timeOrigin + startTime }];
    });
    if (requests.length > 0) tell(requests);
  });
  observer.observe({ type: 'resource', buffered: true });
  // The page itself; workers have no such entry.
  if (PerformanceObserver.supportedEntryTypes.includes('navigation') && 'document' in globalThis) {
    observer.observe({ type: 'navigation', buffered: true });
  }
}
