import type { Browser } from '@playwright/test';

/** The name of a wall, and the function that examines it. */
export type InTurn = [name: string, look: (browser: Browser) => Promise<Row>];

/** The observations about one wall. */
export interface Row {
  /** The walls that the app reports missing while only this wall is missing, as `realm: wall`. */
  says: readonly string[];
  /**
   * The walls that it should report. Empty if this wall is part of the app's own code, which cannot know that it was
   * changed.
   */
  shouldSay: readonly string[];
  /** The number of ways out that this wall blocks. */
  ways: number;
  /** The ways of this wall that leak while it is the only wall. */
  outAlone: readonly string[];
  /** The ways of this wall that leak while only this wall is missing. */
  outMissing: readonly string[];
  /** The ways of other walls that leak while only this wall is missing. */
  othersOut: readonly string[];
}

/** Describes the first fault of a row; undefined if the row is right. */
export function wrong(row: Row): string | undefined {
  const { says, shouldSay, ways, outAlone, outMissing, othersOut } = row;
  // The allowlist closes the ways out of all other walls, too, so it is removed together with each of them.
  const said = says.filter((each) => !shouldSay.includes(each) && each !== 'page: allowlist');
  if (outAlone.length > 0) return `it does not hold alone: ${outAlone.join(', ')}`;
  if (outMissing.length < ways) return `of its ways only these need it: ${outMissing.join(', ')}`;
  if (othersOut.length > 0) return `the ways of other walls get out too: ${othersOut.join(', ')}`;
  if (said.length > 0) return `the app also names ${said.join(', ')}`;
  if (!shouldSay.every((each) => says.includes(each))) return 'the app does not name it';
  return undefined;
}
