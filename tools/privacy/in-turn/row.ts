import type { Browser } from '@playwright/test';

/** A wall by its name, and what looks at it. */
export type InTurn = [name: string, look: (browser: Browser) => Promise<Row>];

/** What was seen of one wall. */
export interface Row {
  /** What the app says does not hold while this wall alone is missing, as `realm: wall`. */
  says: readonly string[];
  /** Nothing where the wall is in the app's own code, which cannot know that it was changed. */
  shouldSay: readonly string[];
  /** How many ways out this wall holds. */
  ways: number;
  /** Of those, what gets out while this wall alone stands. */
  outAlone: readonly string[];
  /** Of those, what gets out while this wall alone is missing. */
  outMissing: readonly string[];
  /** What gets out of the other walls' ways while this wall alone is missing. */
  othersOut: readonly string[];
}

/** What is not as it should be; undefined: everything is. */
export function wrong(row: Row): string | undefined {
  const { says, shouldSay, ways, outAlone, outMissing, othersOut } = row;
  // The allowlist covers what the others do: it is missing with each of them.
  const said = says.filter((each) => !shouldSay.includes(each) && each !== 'page: allowlist');
  if (outAlone.length > 0) return `it does not hold alone: ${outAlone.join(', ')}`;
  if (outMissing.length < ways) return `of its ways only these need it: ${outMissing.join(', ')}`;
  if (othersOut.length > 0) return `the ways of other walls get out too: ${othersOut.join(', ')}`;
  if (said.length > 0) return `the app also names ${said.join(', ')}`;
  if (!shouldSay.every((each) => says.includes(each))) return 'the app does not name it';
  return undefined;
}
