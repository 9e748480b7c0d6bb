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
    "recovery ms: least",
    "median",
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
  const recoveries = outcomes.flatMap((each) => each.recoveries).sort((a, b) => a - b);
  const at = (share: number) => recoveries[Math.floor(share * (recoveries.length - 1))]?.toFixed(0) ?? "-";
  return [
    `${outcomes.length}`,
    sum(({ acked }) => acked),
    sum(({ findings }) => findings.lost + findings.early + findings.missing),
    sum(({ findings }) => findings.doubled),
    sum(({ retries }) => retries),
    at(0),
    at(0.5),
    at(1),
    sum(({ findings }) => findings.recount),
  ];
}
