// Keeps the keyboard focus in place. The focused element may leave the page or be disabled: a deleted item, a sent
// question, a button that did its work. The browser then moves the focus to the body, and users of a keyboard or screen
// reader start at the top again. This file moves the focus to the nearest element that can take it instead.

const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"]), audio[controls], video[controls]';

/** The place of an element: each ancestor, innermost first, and the index of its child that leads to the element. */
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
    // An element that opened in the meantime has taken the focus, or will take it in a moment.
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body && activeElement !== last.element) return;
    const next = nearest(last);
    // On a phone, focusing a field would open the keyboard.
    if (next === undefined || (byTouch && next.matches('input, textarea'))) last = undefined;
    else next.focus({ preventScroll: true });
  }

  const observer = new MutationObserver(() => {
    // A dialog that closes restores the focus itself, after the page has changed, so wait for that.
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

/**
 * The focusable element at or after the old place, otherwise the one before it, in the innermost ancestor that has one.
 */
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
