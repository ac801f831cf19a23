// Keeps the screen on while the page is seen. The browser takes the lock away with the page's visibility.

/** Call the returned function to let the screen sleep again. Browsers without wake locks let it sleep. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  const end = new AbortController();
  const isEnded = (): boolean => end.signal.aborted;
  const take = async (): Promise<void> => {
    if (isEnded() || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      // It may have come too late.
      if (isEnded()) await lock.release();
    } catch (error) {
      // A battery that is nearly empty, mostly.
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
