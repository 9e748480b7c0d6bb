// Plain text tables of at most 100 columns, with colour where the terminal shows it.

type Paint = (text: string) => string;

export interface Column<Row> {
  head: string;
  value(row: Row): string | number;
  /** Cells longer than this are cut. */
  max?: number;
  paint?(row: Row): Paint;
}

const hasColour = Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR");
const colour = (code: number): Paint => (text) => hasColour ? `\x1b[${code}m${text}\x1b[0m` : text;

export const bold = colour(1);
export const dim = colour(2);
export const red = colour(31);
export const green = colour(32);
export const yellow = colour(33);
export const plain: Paint = (text) => text;

export function table<Row>(title: string, columns: Column<Row>[], rows: Row[]): string {
  const cells = rows.map((row) => columns.map((column) => cut(`${column.value(row)}`, column.max)));
  const isNumber = columns.map((_, index) =>
    rows.length > 0 && rows.every((row) => isFigure(columns[index]!.value(row)))
  );
  const widths = columns.map(({ head }, index) => Math.max(head.length, ...cells.map((line) => line[index]!.length)));
  const align = (text: string, index: number) =>
    isNumber[index] ? text.padStart(widths[index]!) : text.padEnd(widths[index]!);
  const heads = columns.map(({ head }, index) => align(head, index)).join("  ");
  const lines = rows.map((row, line) =>
    columns.map((column, index) => (column.paint?.(row) ?? plain)(align(cells[line]![index]!, index))).join("  ")
  );
  return [
    "",
    ` ${bold(title)}`,
    ` ${dim(heads)}`,
    ` ${dim("─".repeat(heads.length))}`,
    ...lines.map((line) => ` ${line}`),
  ]
    .map((line) => line.trimEnd()).join("\n");
}

function isFigure(value: string | number): boolean {
  return typeof value === "number" || /^(-|\d+( \(\d+%\))?)$/.test(value);
}

function cut(text: string, max = 60): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}
