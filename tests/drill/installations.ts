// Whether two installations that were told the same know the same.

import type postgres from "postgres";
import type { BisonEvent } from "../../simulators/bison/mod.ts";

/** What is compared: rows without ids and times of our own. */
const questions: Record<string, string> = {
  "events by their key": `
    select delivery_key, event_type, status from integrations.webhook_events
    where event_type !~ '^(TAG|EMAIL_ACCOUNT|WARMUP)'`,
  leads: `
    select l.campaign_id, l.email, l.emails_sent, l.replies, l.unique_replies, l.opens, l.unique_opens, l.bounces, l.replied,
      l.engaged, l.engaged_date, l.first_contacted_at, l.first_reply_date, l.first_opened_at, l.bounced_at,
      l.unsubscribed_at, l.lead_id, l.status, l.last_event_at,
      (select bison_inbox_id from public.inboxes i where i.id = l.first_contacted_inbox) as contacted_by
    from public.all_leads l`,
  replies: `
    select reply_id, type, lead_id, category, text_body, campaign_id, received_at, from_email, interested, interested_at,
      automated, lead_email, bison_inbox_id, is_history, sequence_step_id
    from public.replies`,
  bounces: "select reply_id, campaign_id, lead_email, bison_inbox_id, bounced_at from public.bounces",
  "engaged leads": `
    select email, campaign_id, engaged, engaged_at, replied, replied_at, unsubscribed, unsubscribed_at, last_contact, stage
    from public.engaged_leads where deleted_at is null`,
  contacts: "select email, status, first_name, last_name, pipeline_progress from public.crm_contacts",
  "campaign days": `
    select campaign_id, date, emails_sent, total_leads_contacted, opened, unique_opens_per_contact,
      unique_replies_per_contact, bounced, unsubscribed, interested, interested_percentage
    from public.campaign_reporting_current`,
  steps: "select campaign_id, date, step_id, sent_count, open_count, reply_count from public.campaign_step_stats",
  inboxes: `
    select bison_inbox_id, status, warmup_enabled, emails_sent_count, total_replied_count, total_opened_count,
      unique_replied_count, unique_opened_count, total_leads_contacted_count, interested_leads_count, bounced_count,
      unsubscribed_count, (select jsonb_agg(t order by t) from jsonb_array_elements(tags) as t) as tags
    from public.inboxes_current`,
  tags: `
    select t.name, a.inbox_id from public.inbox_tag_assignments a join public.inbox_tags t on t.id = a.tag_id`,
  // Who unsubscribes, is back and unsubscribes again is told of twice, or once if the second is known first.
  "what customers are told": `
    select distinct event_type, event_data ->> 'email' as email, event_data ->> 'reply_id' as reply
    from shared.outbox_events where event_type ~ '^lead'`,
};

export async function compare(one: postgres.Sql, other: postgres.Sql, events: BisonEvent[]): Promise<string[]> {
  const found: string[] = [];
  for (const [what, question] of Object.entries(questions)) {
    const [rows, expected] = await Promise.all([one, other].map((sql) => sorted(sql, question)));
    const missing = [...new Set(expected).difference(new Set(rows))];
    const more = [...new Set(rows).difference(new Set(expected))];
    console.log(`  ${what.padEnd(24)} ${`${expected!.length}`.padStart(6)} rows, ${missing.length} differ`);
    if (missing.length || more.length || rows!.length !== expected!.length) {
      found.push(`${what}: expected ${missing[0] ?? "nothing more"}, found ${more[0] ?? "nothing"}`);
    }
  }
  return [...found, ...await selfChecks(one, events)];
}

async function sorted(sql: postgres.Sql, question: string): Promise<string[]> {
  return (await sql.unsafe(question)).map((row) => JSON.stringify(row)).sort();
}

async function selfChecks(sql: postgres.Sql, events: BisonEvent[]): Promise<string[]> {
  const stored = new Map(
    (await sql`select event_type as type, count(*)::int from integrations.webhook_events group by 1`)
      .map(({ type, count }) => [type as string, count as number]),
  );
  const wrong = [...Map.groupBy(events, ({ type }) => type)]
    // A repeat of what has no id is stored again, to the same effect.
    .filter(([type, { length }]) =>
      /^(TAG|EMAIL_ACCOUNT|WARMUP)/.test(type) ? stored.get(type)! < length : stored.get(type) !== length
    )
    .map(([type, { length }]) => `${type}: ${stored.get(type) ?? 0} stored of ${length}`);
  const miscounted = await sql`select * from private.recount_counters()`;
  const unhandled = await sql`
    select event_type, last_error from integrations.webhook_events where status in ('failed', 'dead') limit 3`;
  return [
    ...wrong,
    ...miscounted.map((row) => `recount: ${JSON.stringify(row)}`),
    ...unhandled.map((row) => `not handled: ${JSON.stringify(row)}`),
  ];
}
