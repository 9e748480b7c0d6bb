// The working day that the demo plays. Each passage says what happens and what the tables must show of it at the end.
import { type AgencySimulators, bluebird, northwind } from "../agency.ts";
import type { Mail } from "../bison/mod.ts";
import type { Invitee } from "../calendly/mod.ts";
import type { Day, Desk } from "./day.ts";
import { fullName, type Person, person } from "./people.ts";

/** Northwind writes to 24 people a day, Bluebird to 11, one of them Northwind's as well. */
const PLANT_MANAGERS = 18;
const WAREHOUSE_LEADS = 6;
const IMPORTERS = 10;

export function tellStory(day: Day, simulators: AgencySimulators): void {
  day.simulators = simulators;
  const leads = people("factory", day, PLANT_MANAGERS + WAREHOUSE_LEADS);
  playNorthwind(day.desk(northwind), leads);
  const [visitor, ...importers] = people("importer", day, IMPORTERS + 1);
  playBluebird(day.desk(bluebird), [...importers, leads[0]!], visitor!);
}

function people(trade: Parameters<typeof person>[0], day: Day, count: number): Person[] {
  return Array.from({ length: count }, (_, index) => person(trade, day.number * count + index));
}

function playNorthwind(desk: Desk, leads: Person[]): void {
  desk.at("09:05", `${PLANT_MANAGERS} mails of "Plant managers, Midwest" go out`);
  const mails = send(desk, 301, leads.slice(0, PLANT_MANAGERS));
  desk.at("09:40", `${WAREHOUSE_LEADS} mails of "Warehouse leads, East" go out`);
  const east = send(desk, 302, leads.slice(PLANT_MANAGERS));
  const [dana, moved, movedBack, canceled, absent, later, leaver, quiet, away, ...others] = leads;
  const mailTo = (who: Person | undefined) => mails[leads.indexOf(who!)]!;

  desk.at("09:45", "9 of them open their mail, some more than once");
  mails.slice(0, 9).forEach((mail, index) => open(desk, mail, 1 + (index % 3)));
  open(desk, east[0]!, 2);

  desk.at("09:52", `the mail to ${fullName(others.at(-1)!)} bounces`);
  desk.post(desk.mail.bounce(east.at(-1)!));
  desk.at("09:53", "a bounce notice comes that matches no mail");
  desk.post(desk.mail.untrackedBounce({ sender: 1102, lost: "old.address@closed.example" }));

  desk.at("10:02", `${fullName(away!)} is out of office: an automated reply`);
  desk.post(desk.mail.reply(mailTo(away), { text: "I am out of the office until Monday.", automated: true }));
  desk.expect(away!, null);

  desk.at("10:15", `${fullName(later!)} answers "not this year": a reply, but no interest`);
  desk.post(desk.mail.reply(mailTo(later), { text: "Not this year, thanks." }));
  desk.expect(later!, null);

  bookAtOnce(desk, mailTo(dana), dana!);
  bookAndMove(desk, mailTo(moved), moved!, { clock: "10:40", createdFirst: false });
  bookAndMove(desk, mailTo(movedBack), movedBack!, { clock: "11:10", createdFirst: true });
  bookAndCancel(desk, mailTo(canceled), canceled!);
  bookAndStayAway(desk, mailTo(absent), absent!);

  interest(desk, mailTo(leaver), leaver!, "11:45");
  desk.at("16:20", `${fullName(leaver!)} unsubscribes after all`);
  desk.post(desk.mail.unsubscribe(mailTo(leaver)));
  desk.expect(leaver!, "inactive");
  desk.at("12:05", `${fullName(quiet!)} unsubscribes without a word`);
  desk.post(desk.mail.unsubscribe(mailTo(quiet)), { times: 3 });
  desk.expect(quiet!, null);

  desk.at("12:20", `an applicant books a "Hiring chat", which Northwind does not count`);
  const applicant = { email: "sam.field@applicant.example", name: "Sam Field" };
  desk.ignore(desk.calendar.book({ ...applicant, event_type: "hiring", start: desk.time("15:00", 3) }));
  desk.expect(applicant, null);

  desk.at("15:00", "3 plant managers get the second mail of their sequence");
  for (const mail of mails.slice(10, 13)) {
    desk.post(desk.mail.send({ campaign: 301, lead: mail.lead.part, sender: mail.sender.part.id, step: 2 }));
  }
  playNorthwindInboxes(desk, mails);
  desk.at("20:40", `${fullName(leads[13]!)} opens: tomorrow in UTC, but still today here`);
  open(desk, mails[13]!, 1);
}

function playNorthwindInboxes(desk: Desk, mails: Mail[]): void {
  desk.at("11:30", "leo@try-northwind.example is disconnected for 35 minutes");
  desk.post(desk.mail.account(1102, "disconnected"));
  desk.at("12:05").post(desk.mail.account(1102, "reconnected"));
  desk.expectInbox(1102, "Connected");
  desk.at("13:10", "an inbox is added, one stops its warm-up, tags come and go");
  desk.mail.addSender({ id: 1104, name: "Leo Brandt", email: "leo@northwind-arms.example" });
  desk.post(desk.mail.account(1104, "added"));
  desk.expectInbox(1104, "Connected");
  desk.post(desk.mail.warmupDisabled(1103, "receiving"));
  desk.post(desk.mail.tag("Warmed up", "SenderEmail", 1103));
  desk.post(desk.mail.tag("Google", "SenderEmail", 1101, false));
  desk.post(desk.mail.tag("Best of the year", "Campaign", 301));
  desk.post(desk.mail.tag("Hot account", "Lead", mails[0]!.part.lead_id));
  desk.at("13:30", "EmailBison sends a type that nobody knows: stored, ignored");
  desk.ignore(desk.mail.other("BLACKLISTED_EMAIL_ADDED"));
}

function playBluebird(desk: Desk, leads: Person[], visitor: Person): void {
  const [keen, owner, away, leaver, ...others] = leads;
  const shared = others.pop()!;
  desk.at("09:00", `${leads.length} mails of "UK importers" go out`);
  const mails = send(desk, 401, leads);
  const mailTo = (who: Person | undefined) => mails[leads.indexOf(who!)]!;
  desk.at("09:30");
  mails.slice(0, 5).forEach((mail, index) => open(desk, mail, 1 + (index % 2)));

  desk.at("09:35", `the mail to ${fullName(others[0]!)} bounces`);
  desk.post(desk.mail.bounce(mailTo(others[0])));
  desk.at("09:50", `${fullName(away!)} is on leave: an automated reply`);
  desk.post(desk.mail.reply(mailTo(away), { text: "On leave, back next week.", automated: true }));
  desk.expect(away!, null);

  interest(desk, mailTo(keen), keen!, "10:20");
  desk.at("10:50", `${fullName(keen!)} books a call for this afternoon`);
  const { invitee, events } = desk.calendar.book({ ...bookingOf(keen!), start: desk.time("14:00") });
  desk.post({ events });
  desk.at("14:20", `${keen!.first_name} is marked as a no-show by mistake, then unmarked`);
  desk.post(desk.calendar.noShow(invitee));
  desk.at("14:25").post(desk.calendar.undoNoShow(invitee));
  desk.expect(keen!, "hot", { status: "booked", at: desk.time("14:00") });

  interest(desk, mailTo(owner), owner!, "11:05");
  desk.expect(owner!, "hot");
  desk.at("11:40", `${fullName(leaver!)} unsubscribes`);
  desk.post(desk.mail.unsubscribe(mailTo(leaver)));
  desk.expect(leaver!, null);

  desk.at("12:10", `${fullName(shared)}, a lead of Northwind as well, declines here`);
  desk.post(desk.mail.reply(mailTo(shared), { text: "No, thank you." }));
  desk.expect(shared, null);

  bookByForm(desk, visitor);
  desk.at("13:00", "a stranger writes to an inbox: an untracked reply");
  desk.post(desk.mail.untracked({ sender: 1201, from: "jo@stranger.example", name: "Jo Stone", text: "Who are you?" }));
  desk.at("15:30", "tom@get-bluebird.example is disconnected, an old inbox removed");
  desk.post(desk.mail.account(1202, "disconnected"));
  desk.expectInbox(1202, "Disconnected");
  desk.mail.addSender({ id: 1203, name: "Tom Avery", email: "tom@old-bluebird.example" });
  desk.post(desk.mail.account(1203, "removed"));
  desk.expectInbox(1203, "Removed");
  desk.post(desk.mail.warmupDisabled(1202, "causing"));
  desk.at("16:00", "Grace adds a kind of meeting, renames it and takes it away again");
  desk.post(desk.calendar.eventType("created", { slug: "customs-check", name: "Customs check" }));
  desk.at("16:10").post(
    desk.calendar.eventType("updated", { slug: "customs-check", name: "Customs check, 15 minutes" }),
  );
  desk.at("16:30").post(
    desk.calendar.eventType("deleted", { slug: "customs-check", name: "Customs check, 15 minutes" }),
  );
}

/** Booked without any mail before it: the form leads to the calendar. */
function bookByForm(desk: Desk, who: Person): void {
  desk.at("12:30", `${fullName(who)} books through the website's form, without any mail`);
  const answers = [{ question: "Company", answer: who.company }];
  const start = desk.time("10:30", 4);
  const { invitee, events } = desk.calendar.book({ ...bookingOf(who), answers, start });
  desk.post({ events });
  desk.post(desk.calendar.submit({ answers: { "Pallets a month": "40" }, submitter: invitee }));
  desk.expect(who, "hot", { status: "booked", at: start });
}

function bookAtOnce(desk: Desk, mail: Mail, who: Person): void {
  const reply = interest(desk, mail, who, "10:20");
  desk.at("10:50", `Maya answers ${who.first_name} by hand, who then books an intro`);
  desk.post(desk.mail.manual(reply, "Gladly: pick a time that suits you."));
  const start = desk.time("15:00", 1);
  desk.at("11:02").post(desk.calendar.book({ ...bookingOf(who), start }), { times: 2 });
  desk.expect(who, "hot", { status: "booked", at: start });
}

function bookAndMove(desk: Desk, mail: Mail, who: Person, how: { clock: string; createdFirst: boolean }): void {
  interest(desk, mail, who, how.clock);
  desk.at(later(how.clock, 25), `${fullName(who)} books an intro`);
  const { invitee, events } = desk.calendar.book({ ...bookingOf(who), start: desk.time("11:00", 1) });
  desk.post({ events });
  const order = how.createdFirst ? "the new booking arrives first" : "the cancelation arrives first";
  desk.at(later(how.clock, 150), `${who.first_name} moves it by a day: ${order}`);
  const start = desk.time("11:00", 2);
  const [gone, made] = desk.calendar.reschedule(invitee, start).events;
  desk.post({ events: [how.createdFirst ? made! : gone!] }, { plain: true });
  desk.post({ events: [how.createdFirst ? gone! : made!] }, { late: 40, times: 2 });
  desk.expect(who, "hot", { status: "booked", at: start });
}

function bookAndCancel(desk: Desk, mail: Mail, who: Person): void {
  interest(desk, mail, who, "11:20");
  const invitee = book(desk, who, "11:50", desk.time("16:00", 1));
  desk.at("14:10", `${fullName(who)} cancels: "budget frozen"`);
  desk.post(desk.calendar.cancel(invitee, "invitee", "Budget frozen"));
  desk.expect(who, "hot", { status: "canceled", at: desk.time("16:00", 1) });
}

function bookAndStayAway(desk: Desk, mail: Mail, who: Person): void {
  interest(desk, mail, who, "10:35");
  const invitee = book(desk, who, "11:00", desk.time("14:30"));
  desk.at("14:50", `${fullName(who)} does not show up`);
  desk.post(desk.calendar.noShow(invitee));
  desk.expect(who, "hot", { status: "no_show", at: desk.time("14:30") });
}

function book(desk: Desk, who: Person, clock: string, start: Date): Invitee {
  desk.at(clock, `${fullName(who)} books a robot demo`);
  const { invitee, events } = desk.calendar.book({ ...bookingOf(who), event_type: "robot-demo", start });
  desk.post({ events });
  return invitee;
}

/** A reply that is marked as interested 12 minutes later; the reply itself arrives after that. */
function interest(desk: Desk, mail: Mail, who: Person, clock: string) {
  desk.at(clock, `${fullName(who)} (${who.company}) replies: "Tell me more"`);
  const { reply, events } = desk.mail.reply(mail, { text: "Tell me more." });
  desk.post({ events }, { late: 20, times: 2 });
  desk.at(later(clock, 12)).post(desk.mail.interested(reply), { again: 90 });
  return reply;
}

function send(desk: Desk, campaign: number, leads: Person[]): Mail[] {
  return leads.map((lead) => {
    const { mail, events } = desk.mail.send({ campaign, lead });
    desk.post({ events });
    return mail;
  });
}

function open(desk: Desk, mail: Mail, times: number): void {
  for (let count = 0; count < times; count++) desk.post(desk.mail.open(mail));
}

function bookingOf(who: Person): { email: string; name: string } {
  return { email: who.email, name: fullName(who) };
}

function later(clock: string, minutes: number): string {
  return new Date(Date.parse(`2000-01-01T${clock}:00Z`) + minutes * 60_000).toISOString().slice(11, 16);
}
