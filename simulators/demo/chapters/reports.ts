// What the agency sees of the day: Quick View, the funnel of its month, and the report of the night, through the API.
import { demoToken, developmentJwtSecret } from "../../../local/demo_access.ts";
import { type ApiClient, createClient, type FunnelStep, type QuickView } from "../../../shared/client.ts";
import { agency } from "../../agency.ts";
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";
import { dim, green, red, table, yellow } from "../table.ts";

export async function playReports(stage: Stage): Promise<Result[]> {
  const key = await demoToken(Deno.env.get("API_JWT_SECRET") || developmentJwtSecret);
  const api = createClient({ url: stage.functions, key });
  const date = await lastDay(api);
  const month = `${date.slice(0, 7)}-01`;

  const { data: views } = await api.reportQuickView({ from: date, to: date });
  const { data: total } = await api.reportFunnel({ from: month, to: date });
  const { data: each } = await api.reportFunnel({ from: month, to: date, by: "client" });
  console.log(quickViewTable(date, views.filter(isOfAgency)));
  console.log(funnelTable(month, date, each.filter(isOfAgency), total));

  const result: Result = { checked: 0, differences: [] };
  const same = (what: string, found: unknown, expected: unknown) => {
    result.checked++;
    if (found !== expected) result.differences.push(`${what}: ${found} instead of ${expected}`);
  };
  for (const { step, amount } of total) {
    same(`funnel, ${step} of all together`, amount, sum(each.filter((row) => row.step === step)));
  }
  const { data: [day] } = await api.reportRollup({ period: "day", by: "total", from: date, to: date });
  const mails = views.filter(({ metric }) => metric === "emails").map(({ actual }) => ({ amount: actual }));
  same("Quick View, mails of all clients", sum(mails), day?.emails_sent);

  for (const { name } of agency) {
    const { text, quick_view } = await api.makeNightlyReport({ client: name, date });
    console.log(`\n The night's report of ${name}\n${dim(text.replaceAll("*", "").replace(/^/gm, "   "))}`);
    for (const { metric, actual } of quick_view as QuickView[]) {
      const shown = views.find((row) => row.client === name && row.metric === metric)?.actual;
      same(`the night's report of ${name}, ${metric}`, actual, shown);
    }
  }
  return [result];
}

const isOfAgency = ({ client }: { client: string | null }) => agency.some(({ name }) => name === client);
const sum = (rows: { amount: number }[]) => rows.reduce((all, { amount }) => all + amount, 0);

/** The last day with figures that is over everywhere. */
async function lastDay(api: ApiClient): Promise<string> {
  const over = new Date(Date.now() - 36 * 3_600_000).toISOString().slice(0, 10);
  const { data: [row] } = await api.listCampaignReports({ limit: 1, sort: "-date", "date.lte": over });
  return row?.date ?? over;
}

function quickViewTable(date: string, views: QuickView[]): string {
  const paints = { on_track: green, behind: yellow, over_limit: red, no_target: dim };
  return table(
    `Quick View of ${date}: targets beside what was done`,
    [
      { head: "Client", value: ({ client }) => client },
      { head: "", value: ({ metric }) => metric.replaceAll("_", " ") },
      { head: "Target", value: ({ target, metric }) => metric === "bounces" ? `at most ${target}` : target },
      { head: "Done", value: ({ actual }) => actual },
      { head: "Status", value: ({ status }) => status.replaceAll("_", " "), paint: ({ status }) => paints[status] },
    ],
    views,
  );
}

function funnelTable(from: string, to: string, each: FunnelStep[], total: FunnelStep[]): string {
  const of = (client: string, step: string) =>
    each.find((row) => row.client === client && row.step === step)?.amount ?? 0;
  return table(
    `The funnel from ${from} to ${to}`,
    [
      { head: "Step", value: ({ step }) => step.replaceAll("_", " ") },
      ...agency.map(({ name }) => ({ head: name, value: ({ step }: FunnelStep) => of(name, step) })),
      { head: "Together", value: ({ amount }) => amount },
      { head: "Conversion", value: ({ conversion }) => conversion === null ? "-" : `${conversion} %` },
      { head: "Of contacted", value: ({ of_contacted }) => of_contacted === null ? "-" : `${of_contacted} %` },
    ],
    total,
  );
}
