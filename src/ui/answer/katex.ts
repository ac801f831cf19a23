// KaTeX with its style sheet and fonts, in a chunk of its own.

import katex from 'katex';
import 'katex/dist/katex.min.css';

export { katex };
