// Keeps the screen on while the page is visible. The browser releases the lock when the page is hidden.

/** Returns a function that lets the screen sleep again. In a browser without wake locks, the screen sleeps as usual. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  const end = new AbortController();
  const isEnded = (): boolean => end.signal.aborted;
  const take = async (): Promise<void> => {
    if (isEnded() || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      // By the time the lock is granted, it may no longer be needed.
      if (isEnded()) await lock.release();
    } catch (error) {
      // The usual reason is a battery that is nearly empty.
      console.warn('The screen may go dark.', error);
    }
  };
  const onVisible = (): void => void take();
  document.addEventListener('visibilitychange', onVisible, { signal: end.signal });
  void take();
  return () => {
    end.abort();
    void lock?.release();
  };
}
