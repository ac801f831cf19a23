// Lets the keyboard reach what scrolls. Chromium and Firefox do so by themselves where nothing inside takes the
// focus, WebKit does not; what fits stays out of the way of Tab.

/** An attachment. */
export function reachScroller(element: HTMLElement): () => void {
  const update = (): void => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
    element.tabIndex = scrollHeight > clientHeight || scrollWidth > clientWidth ? 0 : -1;
  };
  const observer = new ResizeObserver(update);
  for (const one of [element, ...element.children]) observer.observe(one);
  return () => observer.disconnect();
}
