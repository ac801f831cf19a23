// JSON as a table: each object of a list becomes a row, and a single object becomes rows of names and values. Cells
// keep the values of the JSON; `ShownTable` turns them into texts for the user.

export interface DataTable {
  /** The objects' keys; null if the rows have no keys, as in a list of names and values. */
  columns: string[] | null;
  rows: DataRow[];
}

export interface DataRow {
  cells: unknown[];
  /** The object or list that the row shows; null if it shows a plain value. */
  source: object | null;
}

/** Returns undefined if the value is not a table, but for example a single number or an empty list. */
export function tableOf(value: unknown): DataTable | undefined {
  if (Array.isArray(value)) return listTable(value);
  if (!isObject(value)) return undefined;
  const fields = Object.entries(value);
  const [only] = fields;
  // { "objects": [ … ] }: show the inner list.
  if (fields.length === 1 && only !== undefined && Array.isArray(only[1])) {
    const inner = flattened(only[1]);
    if (inner.every(isObject) && inner.length > 0) return listTable(inner);
  }
  if (fields.length === 0) return undefined;
  if (Object.keys(value).some((key) => /^(bbox_2d|point_2d)$/.test(key))) return listTable([value]);
  return {
    columns: null,
    rows: fields.map(([name, one]) => ({ cells: [name, one], source: isObject(one) ? one : null })),
  };
}

/** Whether the value is empty: null, or lists and objects that contain no value at all. */
export function isNothing(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const inner: unknown[] = Object.values(value);
  return inner.every((one) => typeof one === 'object' && one !== null && isNothing(one));
}

function listTable(whole: unknown[]): DataTable | undefined {
  const list = flattened(whole);
  if (list.length === 0) return undefined;
  if (!list.every(isObject)) {
    const rows = whole.map((one) => ({
      cells: Array.isArray(one) ? (one as unknown[]) : [one],
      source: Array.isArray(one) ? one : null,
    }));
    return rows.every(({ cells }) => cells.length === rows[0]?.cells.length)
      ? { columns: null, rows }
      : undefined;
  }
  const columns = [...new Set(list.flatMap((one) => Object.keys(one)))];
  const rows = list.map((one) => ({ cells: columns.map((key) => one[key]), source: one }));
  return { columns, rows };
}

/** Flattens nested lists if they contain only objects; otherwise returns the list unchanged. */
function flattened(list: unknown[]): unknown[] {
  const flat: unknown[] = list.flat(3);
  return flat.every(isObject) ? flat : list;
}

/** The text of a cell, in the spelling of the JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
    return value.map(String).join(', ');
  return JSON.stringify(value);
}

/**
 * CSV by RFC 4180, with the keys and numbers of the JSON. If a spreadsheet would read a cell as a formula, an
 * apostrophe marks it as text (owasp.org/www-community/attacks/CSV_Injection); plain numbers stay numbers.
 */
export function toCsv({ columns, rows }: DataTable): string {
  const lines = [...(columns === null ? [] : [columns]), ...rows.map((row) => row.cells.map(cellText))];
  return lines.map((line) => line.map(field).join(',') + '\r\n').join('');
}

/**
 * Matches cells that a spreadsheet would read as a formula. Spreadsheets skip blanks and invisible characters before a
 * formula, and some accept full-width signs.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠−|]|^[\t\r\n]/u;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?$/;

function field(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",;\r\n\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
