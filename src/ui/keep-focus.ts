// Keeps the keyboard's place. When the element that has the focus leaves the page or is disabled (a deleted item, a
// sent question, a button that did its work), a browser lets the focus fall to the body, and whoever works by
// keyboard or screen reader starts at the top again. This gives it to what is nearest to where it was.

const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"]), audio[controls], video[controls]';

/** Where an element is: each ancestor, the innermost first, and which of its children leads to the element. */
interface Place {
  element: Element;
  steps: { parent: Element; index: number }[];
}

/** Watches `root` until the returned function is called. */
export function keepFocus(root: HTMLElement): () => void {
  let last: Place | undefined;
  let byTouch = false;

  function onFocus({ target }: FocusEvent): void {
    if (target instanceof Element) last = placeOf(target, root);
  }
  function onPointer({ pointerType }: PointerEvent): void {
    byTouch = pointerType === 'touch';
  }
  function onKey(): void {
    byTouch = false;
  }

  function rescue(): void {
    if (last === undefined || !isLost(last.element)) return;
    // What opened meanwhile has taken it, or gets it in a moment.
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body && activeElement !== last.element) return;
    const next = nearest(last);
    // A field that gets the focus opens the keyboard of a phone.
    if (next === undefined || (byTouch && next.matches('input, textarea'))) last = undefined;
    else next.focus({ preventScroll: true });
  }

  const observer = new MutationObserver(() => {
    // Dialogs that close give the focus back themselves, after the change of the page.
    if (last !== undefined && isLost(last.element)) setTimeout(rescue);
  });
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
  root.addEventListener('focusin', onFocus);
  root.addEventListener('pointerdown', onPointer, true);
  root.addEventListener('keydown', onKey, true);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', onFocus);
    root.removeEventListener('pointerdown', onPointer, true);
    root.removeEventListener('keydown', onKey, true);
  };
}

function isLost(element: Element): boolean {
  return !element.isConnected || element.matches(':disabled');
}

function placeOf(element: Element, root: Element): Place {
  const steps: Place['steps'] = [];
  for (let at = element; at !== root && at.parentElement !== null; at = at.parentElement) {
    steps.push({ parent: at.parentElement, index: Array.from(at.parentElement.children).indexOf(at) });
  }
  return { element, steps };
}

/** What took its place or follows it, else what comes before it, in the innermost ancestor that has any. */
function nearest({ steps }: Place): HTMLElement | undefined {
  for (const { parent, index } of steps) {
    if (!parent.isConnected) continue;
    const children = Array.from(parent.children);
    const found =
      children.slice(index).flatMap(focusables)[0] ?? children.slice(0, index).flatMap(focusables).at(-1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function focusables(element: Element): HTMLElement[] {
  return [element, ...element.querySelectorAll(FOCUSABLE)].filter(
    (one): one is HTMLElement =>
      one instanceof HTMLElement &&
      one.matches(FOCUSABLE) &&
      one.tabIndex >= 0 &&
      !isLost(one) &&
      one.checkVisibility({ visibilityProperty: true }),
  );
}
