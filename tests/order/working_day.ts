// A working day of a client, made from a seed: leads in two campaigns, mailed from three inboxes.

import { at, bison, booked, canceled, markedInterested, type Play, random, received } from "./orders.ts";

/** The deliveries of a day, every event at a time of its own. */
export function workingDay(people: number, seed: number): Play[] {
  const next = random(seed);
  const some = (share: number) => next() < share;
  const pick = (count: number) => Math.floor(next() * count);
  let minute = 0;
  const time = () => new Date(Date.UTC(2026, 2, 2, 0, minute += 1 + pick(20))).toISOString();
  const plays: Play[] = [];

  for (let person = 1; person <= people; person++) {
    let id = person * 100;
    const parts = () => ({
      lead: { id: person, email: `lead${person}@company${person % 7}.example`, company: `Company ${person % 7}` },
      campaign: { id: 401 + pick(2), name: null },
      sender_email: { id: 66 + pick(3), email: "one@mail.northwind.example" },
    });
    const add = (type: Parameters<typeof bison>[0], data: Record<string, unknown>, whole = parts()) => {
      plays.push(bison(type, { ...whole, ...data, campaign_event: { ...data.campaign_event as object, id: id++ } }));
      return whole;
    };

    for (let mail = 0; mail <= pick(3); mail++) add("EMAIL_SENT", at(time()));
    if (some(0.2)) add("LEAD_FIRST_CONTACTED", at(time()));
    for (let open = 0; open < pick(3); open++) add("EMAIL_OPENED", at(time()));
    for (let reply = 0; reply < pick(3); reply++) {
      const [mail, arrived] = [id++, time()];
      const whole = add("LEAD_REPLIED", received(mail, arrived));
      if (some(0.5)) add("LEAD_INTERESTED", markedInterested(mail, arrived, time()), whole);
      if (some(0.2)) {
        plays.push(bison("UNTRACKED_REPLY_RECEIVED", { ...received(mail, arrived), sender_email: whole.sender_email }));
      }
    }
    if (some(0.3)) add("LEAD_UNSUBSCRIBED", at(time()));
    if (some(0.3)) add("MANUAL_EMAIL_SENT", received(id++, time()));
    if (some(0.2)) {
      const mail = received(id++, time());
      const bounce = { ...mail, reply: { ...mail.reply, email_subject: "Undeliverable", type: "Bounced" } };
      const whole = add("EMAIL_BOUNCED", bounce);
      if (some(0.7)) {
        plays.push(bison("UNTRACKED_REPLY_RECEIVED", { ...bounce, sender_email: whole.sender_email }));
      }
    }
    if (some(0.4)) plays.push(...bookings(person, time, some));
  }
  return plays;
}

function bookings(person: number, time: () => string, some: (share: number) => boolean): Play[] {
  const email = `lead${person}@company${person % 7}.example`;
  const [first, second] = [`${person}-first`, `${person}-second`];
  const made = time();
  if (some(0.3)) return [booked(first, made, { email })];
  if (some(0.4)) return [booked(first, made, { email }), canceled(first, made, time(), { email })];
  const moved = time();
  return [
    booked(first, made, { email }),
    canceled(first, made, moved, { email, movedTo: second }),
    booked(second, moved, { email: some(0.3) ? `deputy.${email}` : email, movedFrom: first }),
  ];
}
