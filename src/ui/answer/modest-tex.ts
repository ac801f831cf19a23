// Decides whether KaTeX can set a formula in a short task. KaTeX's time grows with the nesting and with the number of
// commands, so the length, the depth and the number of commands are limited, far above the needs of real formulas.

const LONGEST = 1_500;
const DEEPEST = 10;
const MOST_COMMANDS = 100;

export function isModest(tex: string): boolean {
  if (tex.length > LONGEST) return false;
  let depth = 0;
  let commands = 0;
  for (let at = 0; at < tex.length; at++) {
    const char = tex[at]!;
    if (char === '\\' || char === '^' || char === '_' || char === '&') commands++;
    if (char === '{' || (char === '\\' && /^\\(?:left|begin)/.test(tex.slice(at, at + 6)))) depth++;
    if (char === '}' || (char === '\\' && /^\\(?:right|end)/.test(tex.slice(at, at + 6)))) depth--;
    if (depth > DEEPEST || commands > MOST_COMMANDS) return false;
  }
  return true;
}
