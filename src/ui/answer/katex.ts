// KaTeX with its style sheet and fonts, in a chunk of its own.

import katex from 'katex';
import 'katex/dist/katex.min.css';

/** Leaves in the element what cannot be set. */
export function setFormula(tex: string, element: HTMLElement, displayMode: boolean): void {
  try {
    katex.render(tex, element, {
      displayMode,
      throwOnError: false,
      errorColor: 'inherit',
      trust: false,
      strict: 'ignore',
      maxSize: 20,
      maxExpand: 100,
    });
  } catch {
    // Not only what is no TeX ends here: nested deeply, it runs out of stack.
    element.textContent = tex;
  }
}
