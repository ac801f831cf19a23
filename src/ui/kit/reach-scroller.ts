// Makes scrollable elements reachable by keyboard. Chromium and Firefox do so themselves if nothing inside can take the
// focus, but WebKit does not. An element whose content fits needs no scrolling, so Tab skips it.

/** A Svelte attachment. Returns its clean-up function. */
export function reachScroller(element: HTMLElement): () => void {
  const update = (): void => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
    element.tabIndex = scrollHeight > clientHeight || scrollWidth > clientWidth ? 0 : -1;
  };
  const observer = new ResizeObserver(update);
  for (const one of [element, ...element.children]) observer.observe(one);
  return () => observer.disconnect();
}
