// Keeps the screen on while the page is seen. The browser takes the lock away with the page's visibility.

/** Call the returned function to let the screen sleep again. Browsers without wake locks let it sleep. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let ended = false;
  const take = async (): Promise<void> => {
    if (ended || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      if (ended) await lock.release();
    } catch (error) {
      // A battery that is nearly empty, mostly.
      console.warn('The screen may go dark.', error);
    }
  };
  const onVisible = (): void => void take();
  document.addEventListener('visibilitychange', onVisible);
  void take();
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}
