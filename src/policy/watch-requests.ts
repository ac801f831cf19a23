// Reports every request of this realm (the page or a worker) in the browser's resource timing, including those made before
// the watch began.

export interface SeenRequest {
  url: string;
  /** The number of bytes in the response body; null if another host hides it, or if the body is empty. */
  bytes: number | null;
  /** Milliseconds since 1970. */
  at: number;
}

/** Reports the requests made so far, and then each new one. */
export function watchRequests(report: (requests: SeenRequest[]) => void): void {
  const observer = new PerformanceObserver((list) => {
    const requests = list.getEntries().flatMap((entry) => {
      if (!(entry instanceof PerformanceResourceTiming)) return [];
      const { name, transferSize, encodedBodySize, startTime } = entry;
      // A response of the service worker or of a cache has a body, but its transfer size is zero.
      const bytes = encodedBodySize > 0 ? encodedBodySize : transferSize > 0 ? transferSize : null;
      return [{ url: name, bytes, at: performance.timeOrigin + startTime }];
    });
    if (requests.length > 0) report(requests);
  });
  observer.observe({ type: 'resource', buffered: true });
  // Include the request for the page itself; workers have no such entry.
  if (PerformanceObserver.supportedEntryTypes.includes('navigation') && 'document' in globalThis) {
    observer.observe({ type: 'navigation', buffered: true });
  }
}
