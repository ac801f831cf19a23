// JSON as a table: a list of objects is its rows, an object is a list of names and values.

export interface DataTable {
  /** null where the first column holds names. */
  columns: string[] | null;
  rows: DataRow[];
}

export interface DataRow {
  cells: string[];
  /** The object that the row shows; null where it shows none. */
  source: object | null;
}

/** undefined where the value is no table: a single number, an empty list. */
export function tableOf(value: unknown): DataTable | undefined {
  if (Array.isArray(value)) return listTable(value);
  if (!isObject(value)) return undefined;
  const fields = Object.entries(value);
  const [only] = fields;
  // { "objects": [ … ] }: the list is meant.
  if (fields.length === 1 && only !== undefined && Array.isArray(only[1]) && only[1].every(isObject)) {
    const inner = listTable(only[1]);
    if (inner !== undefined) return inner;
  }
  if (fields.length === 0) return undefined;
  if (Object.keys(value).some((key) => /^(bbox_2d|point_2d)$/.test(key))) return listTable([value]);
  return {
    columns: null,
    rows: fields.map(([name, one]) => ({ cells: [name, cell(one)], source: isObject(one) ? one : null })),
  };
}

function listTable(list: unknown[]): DataTable | undefined {
  if (list.length === 0) return undefined;
  if (!list.every(isObject)) {
    const rows = list.map((one) => ({
      cells: Array.isArray(one) ? one.map(cell) : [cell(one)],
      source: null,
    }));
    return rows.every(({ cells }) => cells.length === rows[0]?.cells.length)
      ? { columns: null, rows }
      : undefined;
  }
  const columns = [...new Set(list.flatMap((one) => Object.keys(one)))];
  const rows = list.map((one) => ({
    cells: columns.map((key) => (key in one ? cell(one[key]) : '')),
    source: one,
  }));
  return { columns, rows };
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
    return value.map(String).join(', ');
  return JSON.stringify(value);
}

/** RFC 4180. What a spreadsheet would take for a formula is marked as text. */
export function toCsv({ columns, rows }: DataTable): string {
  const lines = [...(columns === null ? [] : [columns]), ...rows.map((row) => row.cells)];
  return lines.map((line) => line.map(field).join(',') + '\r\n').join('');
}

function field(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
