/**
 * Rows as RFC 4180 has them, the first with the columns' names; null is empty. A text that a spreadsheet would take
 * for a formula gets an apostrophe in front: whoever is counted may have chosen it (OWASP, CSV Injection).
 */
export function csvOf<Column extends string>(
  columns: readonly Column[],
  rows: readonly { readonly [column in Column]?: string | number | null | undefined }[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/u;

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = FORMULA.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
