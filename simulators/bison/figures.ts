// What EmailBison's statistics say of a campaign's days: its past, and what happened since. A day is one of the
// workspace's time zone.
import type { BisonSimulator } from "./simulator.ts";
import type { BisonEvent, Campaign, DayFigures, Workspace } from "./workspace.ts";

type Parts = { campaign?: { id: number }; lead?: { id: number }; scheduled_email?: { sequence_step_id: number } };

const none: DayFigures = {
  sent: 0,
  contacted: 0,
  opened: 0,
  uniqueOpens: 0,
  replied: 0,
  bounced: 0,
  unsubscribed: 0,
  interested: 0,
};

/** Days from..to, both included, one after the other. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** Figures of a campaign over some days, all together; of one step if told. */
export function figuresOf(
  bison: BisonSimulator,
  workspace: Workspace,
  { input }: Campaign,
  days: string[],
  step?: number,
): DayFigures {
  const events = bison.events.filter((event) =>
    event.workspace === workspace && days.includes(dayOf(event, workspace)) && isOf(event, input.id, step)
  );
  const isMain = step === undefined || step === input.steps[0]!.id;
  const past = days.map((day) => (isMain && workspace.history.get(`${input.id} ${day}`)) || none);
  const of = (type: string) => events.filter((event) => event.type === type);
  const people = (type: string) => new Set(of(type).map(({ payload }) => (payload.data as Parts).lead?.id)).size;
  const sum = (name: keyof DayFigures) => past.reduce((total, day) => total + day[name], 0);
  return {
    sent: sum("sent") + of("EMAIL_SENT").length,
    contacted: sum("contacted") + people("EMAIL_SENT"),
    opened: sum("opened") + of("EMAIL_OPENED").length,
    uniqueOpens: sum("uniqueOpens") + people("EMAIL_OPENED"),
    replied: sum("replied") + people("LEAD_REPLIED"),
    bounced: sum("bounced") + of("EMAIL_BOUNCED").length,
    unsubscribed: sum("unsubscribed") + people("LEAD_UNSUBSCRIBED"),
    interested: sum("interested") + people("LEAD_INTERESTED"),
  };
}

function dayOf({ at }: BisonEvent, { input }: Workspace): string {
  return at.toLocaleDateString("sv-SE", { timeZone: input.timeZone ?? "UTC" });
}

function isOf({ payload }: BisonEvent, campaign: number, step?: number): boolean {
  const data = payload.data as Parts;
  return data.campaign?.id === campaign && (step === undefined || data.scheduled_email?.sequence_step_id === step);
}

/** `POST /campaigns/{id}/stats`: every number is a string. */
export function statsRow(bison: BisonSimulator, workspace: Workspace, campaign: Campaign, days: string[]) {
  const all = figuresOf(bison, workspace, campaign, days);
  const share = (part: number) => `${all.contacted ? Math.round((10_000 * part) / all.contacted) / 100 : 0}`;
  return {
    emails_sent: `${all.sent}`,
    total_leads_contacted: `${all.contacted}`,
    opened: `${all.opened}`,
    opened_percentage: share(all.opened),
    unique_replies_per_contact: `${all.replied}`,
    unique_replies_per_contact_percentage: share(all.replied),
    bounced: `${all.bounced}`,
    bounced_percentage: share(all.bounced),
    unsubscribed: `${all.unsubscribed}`,
    unsubscribed_percentage: share(all.unsubscribed),
    interested: `${all.interested}`,
    interested_percentage: share(all.interested),
    sequence_step_stats: campaign.input.steps.map((step) => {
      const one = figuresOf(bison, workspace, campaign, days, step.id);
      return {
        sequence_step_id: step.id,
        email_subject: step.subject,
        sent: `${one.sent}`,
        leads_contacted: `${one.contacted}`,
        unique_opens: `${one.uniqueOpens}`,
        unique_replies: `${one.replied}`,
        bounced: `${one.bounced}`,
        unsubscribed: `${one.unsubscribed}`,
        interested: `${one.interested}`,
      };
    }),
  };
}

const series: [label: string, color: string, name: keyof DayFigures][] = [
  ["Replied", "#f54842", "replied"],
  ["Total Opens", "#4287f5", "opened"],
  ["Unique Opens", "#42f5b0", "uniqueOpens"],
  ["Sent", "#8a42f5", "sent"],
  ["Bounced", "#f5a142", "bounced"],
  ["Unsubscribed", "#f542c8", "unsubscribed"],
  ["Interested", "#42f554", "interested"],
];

/** `GET /campaign-events/stats`: one series a figure, over all of the campaigns. */
export function seriesRows(bison: BisonSimulator, workspace: Workspace, campaigns: Campaign[], days: string[]) {
  const byDay = days.map((day) => campaigns.map((campaign) => figuresOf(bison, workspace, campaign, [day])));
  return series.map(([label, color, name]) => ({
    label,
    color,
    dates: days.map((day, index) => [day, byDay[index]!.reduce((total, figures) => total + figures[name], 0)]),
  }));
}
