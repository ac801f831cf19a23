// KaTeX with its style sheet and fonts, which the build puts into a separate chunk.

import katex from 'katex';
import 'katex/dist/katex.min.css';

/** Typesets a formula in `element`; shows the source of a formula that KaTeX cannot set. */
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
    // KaTeX reports bad TeX itself, but runs out of stack on a deeply nested formula.
    element.textContent = tex;
  }
}
