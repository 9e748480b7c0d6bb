// Writers that meet in everything: few people, companies, inboxes and campaigns, each new one by several sessions at
// once, while the ticks run.

import { bison, booked, canceled, type Play, random } from "../order/orders.ts";
import type { TestDatabase } from "../support/database.ts";
import { openSessions } from "./sessions.ts";

export interface Opposed {
  received: number;
  /** What became of deliveries that were not processed. */
  wrong: string[];
  /** Counters that a recount of the stored facts corrects. */
  differences: number;
}

/** Eight sessions and the ticks, until it is over by what was received so far. */
export async function writeOpposed(
  database: TestDatabase,
  isOver: (received: number) => boolean,
): Promise<Opposed> {
  const { sql, sessions, receive } = await openSessions(database, 8);
  const wrong: string[] = [];
  let received = 0;

  const writer = async (session: typeof sessions[number], number: number) => {
    const next = random(number);
    const pick = (count: number) => Math.floor(next() * count);
    for (let round = 0; !isOver(received); round++) {
      const { outcome, event_id } = await receive(session, opposed(number, round, pick));
      received++;
      if (outcome !== "processed") {
        const [event] =
          await sql`select event_type, last_error from integrations.webhook_events where id = ${event_id}`;
        wrong.push(`${outcome}: ${JSON.stringify(event)}`);
      }
    }
  };
  const ticks = (async () => {
    while (!isOver(received)) {
      await sql`select private.fold_all_counters()`;
      await sql`select private.refresh_step_stats('2026-03-01')`;
      await sql`select * from private.recount_counters()`;
    }
  })();
  await Promise.all([...sessions.map(writer), ticks]);
  const { length } = await sql`select * from private.recount_counters()`;
  return { received, wrong, differences: length };
}

function opposed(number: number, round: number, pick: (count: number) => number): Play {
  const id = number * 100_000 + round;
  const time = `2026-03-0${1 + pick(9)}T${10 + pick(10)}:00:${10 + pick(50)}Z`;
  const person = Math.floor(round / 20) * 3 + pick(3);
  const data = {
    campaign: { id: 401 + Math.floor(round / 30) % 50, name: null },
    sender_email: { id: 66 + Math.floor(round / 25) % 40 },
    lead: { id: person, email: `lead${person}@company${person % 2}.example` },
    campaign_event: { id, created_at: time },
    reply: { id, date_received: time, created_at: time, updated_at: time },
  };
  switch (pick(9)) {
    case 0:
      return bison("LEAD_INTERESTED", data);
    case 1:
      return bison("LEAD_UNSUBSCRIBED", data);
    case 2:
      return bison("EMAIL_BOUNCED", data);
    case 3:
      return bison("EMAIL_ACCOUNT_DISCONNECTED", { sender_email: { ...data.sender_email, updated_at: time }, tie: id });
    case 4:
      return bison("TAG_ATTACHED", {
        taggable_type: "SenderEmail",
        taggable_id: 66 + pick(5),
        tag_id: pick(3),
        tie: id,
      });
    case 5:
      return booked(`${id}`, time, { email: data.lead.email, movedFrom: `${(pick(8)) * 100_000 + pick(round + 1)}` });
    case 6:
      return canceled(`${id}`, time, time, { email: data.lead.email, movedTo: `${id + 1}` });
    case 7:
      return bison("LEAD_REPLIED", data);
    default:
      return bison("EMAIL_SENT", data);
  }
}
