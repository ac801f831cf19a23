// Makes scrollable elements reachable by keyboard. Chromium and Firefox do so by themselves if nothing inside takes the
// focus, but WebKit does not. Tab skips an element whose content fits.

/** A Svelte attachment; returns its clean-up. */
export function reachScroller(element: HTMLElement): () => void {
  const update = (): void => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
    element.tabIndex = scrollHeight > clientHeight || scrollWidth > clientWidth ? 0 : -1;
  };
  const observer = new ResizeObserver(update);
  for (const one of [element, ...element.children]) observer.observe(one);
  return () => observer.disconnect();
}
