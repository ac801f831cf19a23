// Lets the event loop handle waiting events between two steps of a computation that blocks its thread.

/** Resolves after the tasks that wait in the event loop at the time of the call. A timer would wait 4 ms each time. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
