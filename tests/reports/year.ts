// A year of an agency, made from a seed: what EmailBison and Calendly tell of four clients in four time zones, as they
// post it. Times crowd around midnights and changes of clocks, where a day is easily the wrong one.

import { bisonEvent, bisonInstance, type BisonType } from "../fixtures/bison.ts";
import { calendlyEvent, type CalendlyType } from "../fixtures/calendly.ts";
import { seeded } from "../functions/support.ts";

type Json = Record<string, unknown>;

export interface Client {
  name: string;
  zone: string;
  workspace: number;
}

/** The Azores put their clocks back from one to midnight: the day begins twice. */
export const clients: Client[] = [
  { name: "Acme", zone: "America/New_York", workspace: 21 },
  { name: "Birch", zone: "Europe/Berlin", workspace: 22 },
  { name: "Cedar", zone: "Pacific/Auckland", workspace: 23 },
  { name: "Dune", zone: "Atlantic/Azores", workspace: 24 },
];

/** The year, and the moment at which the reports are read. */
export const begin = Date.parse("2023-12-18T00:00:00Z");
export const end = Date.parse("2024-12-17T15:30:00Z");

/** Hours around these are as busy as the rest of the year together: clocks, the leap day, the turn of the year. */
const crowded = [
  "2024-03-10T07:00:00Z",
  "2024-11-03T06:00:00Z",
  "2024-03-31T01:00:00Z",
  "2024-10-27T01:00:00Z",
  "2024-04-06T14:00:00Z",
  "2024-09-28T14:00:00Z",
  "2024-02-29T12:00:00Z",
  "2023-12-31T18:00:00Z",
  "2024-12-16T20:00:00Z",
].map(Date.parse);

export interface Post {
  provider: "bison" | "calendly";
  client: Client;
  body: string;
}

/** Each event once, in no order. */
export function year(leadsOfClient: number, seed: number): Post[] {
  const next = seeded(seed);
  const posts: Post[] = [];
  clients.forEach((client, n) => {
    for (let lead = 1; lead <= leadsOfClient; lead++) posts.push(...story(client, n * 100_000 + lead, next));
  });
  return posts;
}

/** Posts in an order of their own, some of them again. */
export function delivered(posts: readonly Post[], repeated: number, seed: number): Post[] {
  const next = seeded(seed);
  const all = [...posts, ...posts.filter(() => next() < repeated)];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

/** One person: mails of two campaigns' steps, what they did about it, and perhaps a meeting. */
function story(client: Client, number: number, next: () => number): Post[] {
  const posts: Post[] = [];
  const some = (share: number) => next() < share;
  const pick = (count: number) => Math.floor(next() * count);
  const email = `person${number}@company${number % 40}.example`;
  let serial = number * 100;
  /** No two events of a person at the same microsecond. */
  const time = () => {
    const millisecond = some(0.5)
      ? crowded[pick(crowded.length)]! + (next() - 0.5) * 40 * 3_600_000
      : begin + next() * (end - begin);
    const whole = Math.floor(Math.min(millisecond, end - 2) / 1000) * 1000 + serial % 1000;
    return new Date(Math.max(whole, begin)).toISOString();
  };
  const after = (moment: string, minutes: number) =>
    new Date(Math.min(Date.parse(moment) + minutes * 60_000, end - 1)).toISOString();

  /** Events of one reply answer the same step. */
  const mail = (type: BisonType, data: Json, at: string, step = 1 + serial % 2) => {
    const campaign = 400 + number % 2;
    const inbox = 60 + number % 3;
    const body = bisonEvent(type, {
      serial: serial++,
      event: { workspace_id: client.workspace, workspace_name: client.name, instance_url: bisonInstance },
    });
    const parts: Json = {
      lead: { ...body.data.lead as Json, id: number, email },
      campaign: { id: campaign, name: `Campaign ${campaign}` },
      sender_email: { ...body.data.sender_email as Json, id: inbox, email: `one${inbox}@${client.name}.example` },
      scheduled_email: {
        ...body.data.scheduled_email as Json,
        id: serial,
        sequence_step_order: step,
        sequence_step_id: 800 + step * 10 + number % 3,
        sequence_step_variant: 1 + number % 3,
      },
      campaign_event: { id: serial, type: "x", created_at: at },
    };
    const known = Object.keys(body.data).filter((name) => name in parts);
    Object.assign(body.data, Object.fromEntries(known.map((name) => [name, parts[name]])));
    const reply = data.reply === undefined ? {} : { reply: { ...body.data.reply as Json, ...data.reply as Json } };
    posts.push({
      provider: "bison",
      client,
      body: JSON.stringify({ ...body, data: { ...body.data, ...reply } }),
    });
  };
  const received = (id: number, at: string, more: Json = {}) => ({
    reply: {
      id,
      date_received: at,
      created_at: after(at, 1),
      updated_at: after(at, 1),
      from_email_address: email,
      automated_reply: false,
      interested: false,
      type: "Tracked Reply",
      ...more,
    },
  });

  const mails = 1 + pick(3);
  for (let i = 0; i < mails; i++) mail("EMAIL_SENT", {}, time());
  if (some(0.3)) mail("LEAD_FIRST_CONTACTED", {}, time());
  for (let i = pick(3); i > 0; i--) mail("EMAIL_OPENED", {}, time());
  for (let i = pick(3); i > 0; i--) {
    const [id, at, machine] = [serial++, time(), some(0.25)];
    const step = 1 + pick(2);
    mail("LEAD_REPLIED", received(id, at, { automated_reply: machine }), after(at, 2), step);
    if (some(0.6)) {
      const marked = received(id, at, { automated_reply: machine, interested: true });
      mail("LEAD_INTERESTED", marked, after(at, 30 + pick(3_000)), step);
    }
  }
  if (some(0.15)) mail("LEAD_UNSUBSCRIBED", {}, time());
  if (some(0.15)) mail("MANUAL_EMAIL_SENT", received(serial++, time(), { type: "Outgoing Email" }), time());
  if (some(0.15)) mail("UNTRACKED_REPLY_RECEIVED", received(serial++, time(), { type: "Untracked Reply" }), time());
  if (some(0.2)) {
    const at = time();
    const bounce = received(serial++, at, {
      type: "Bounced",
      automated_reply: true,
      from_email_address: "mailer-daemon@mx.example",
    });
    mail("EMAIL_BOUNCED", bounce, after(at, 1));
    if (some(0.5)) mail("UNTRACKED_REPLY_RECEIVED", bounce, after(at, 1));
  }
  if (some(0.3)) posts.push(...meetings(client, some(0.8) ? email : `guest.${email}`, number, time, after, some, next));
  return posts;
}

function meetings(
  client: Client,
  email: string,
  number: number,
  time: () => string,
  after: (moment: string, minutes: number) => string,
  some: (share: number) => boolean,
  pick: () => number,
): Post[] {
  const uri = (name: string) => `https://api.calendly.com/invitees/${number}-${name}`;
  const post = (event: CalendlyType, at: string, payload: Json): Post => ({
    provider: "calendly",
    client,
    body: JSON.stringify(calendlyEvent(event, { body: { created_at: at }, payload })),
  });
  const booked = (name: string, at: string, more: Json = {}) =>
    post("invitee.created", at, { uri: uri(name), email, created_at: at, ...more });
  const canceled = (name: string, made: string, at: string, more: Json = {}) =>
    post("invitee.canceled", at, {
      uri: uri(name),
      email,
      created_at: made,
      status: "canceled",
      cancellation: { created_at: at, reason: "x", canceler_type: "invitee", canceled_by: "x" },
      ...more,
    });
  const first = time();
  const posts = [booked("first", first)];
  const fate = Math.floor(pick() * 10);
  if (fate < 3) posts.push(canceled("first", first, after(first, 600)));
  else if (fate < 6) {
    const moved = after(first, 2_000);
    posts.push(
      canceled("first", first, moved, { rescheduled: true, new_invitee: uri("second") }),
      booked("second", moved, { old_invitee: uri("first") }),
    );
    if (some(0.3)) posts.push(canceled("second", moved, after(moved, 700)));
  } else if (fate < 7) {
    posts.push(post("invitee_no_show.created", after(first, 9_000), {
      uri: uri("first"),
      email,
      created_at: first,
      no_show: { uri: `${uri("first")}/no-show`, created_at: after(first, 9_000) },
    }));
  }
  if (some(0.3)) posts.push(booked("again", after(first, 90_000)));
  return posts;
}
