import type { Outcome } from "./cycle.ts";

/** One line for each kind of victim, as text. */
export function tableOf(outcomes: Outcome[]): string {
  const kinds = [...new Set(outcomes.map(({ victims }) => victims.join(" + ")))];
  const head = [
    "killed",
    "cycles",
    "acked",
    "lost",
    "doubled",
    "retries",
    "no 200 for ms: least",
    "median",
    "most",
    "Postgres away: median",
    "most",
    "recount",
  ];
  const rows = kinds.map((
    kind,
  ) => [kind, ...figuresOf(outcomes.filter(({ victims }) => victims.join(" + ") === kind))]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]) =>
    cells.map((cell, i) => i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)).join("  ");
  return [head, ...rows].map(line).join("\n");
}

function figuresOf(outcomes: Outcome[]): string[] {
  const sum = (of: (outcome: Outcome) => number) => `${outcomes.reduce((total, each) => total + of(each), 0)}`;
  const recovery = ranks(outcomes.flatMap(({ recoveries }) => recoveries));
  const absence = ranks(outcomes.flatMap(({ absences }) => absences));
  return [
    `${outcomes.length}`,
    sum(({ acked }) => acked),
    sum(({ findings }) => findings.lost + findings.early + findings.missing),
    sum(({ findings }) => findings.doubled),
    sum(({ retries }) => retries),
    recovery(0),
    recovery(0.5),
    recovery(1),
    absence(0.5),
    absence(1),
    sum(({ findings }) => findings.recount),
  ];
}

function ranks(values: number[]): (share: number) => string {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(0) ?? "-";
}
