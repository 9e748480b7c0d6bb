// A working day as a list of posts: what happens when, in which order it is delivered, how often, and what must come of it.
import type { AgencyClient, AgencySimulators } from "../agency.ts";
import type { BisonEvent, Workspace } from "../bison/mod.ts";
import type { CalendlyEvent, Organization } from "../calendly/mod.ts";
import type { Delivery } from "../courier.ts";
import { instant } from "../format.ts";

/** How an event travels. Without any of it, chance decides for events that a receiver can tell apart by an id. */
export interface Journey {
  /** Delivered in order and once. */
  plain?: boolean;
  /** Delivered this many times at the same instant. */
  times?: number;
  /** Arrives so many minutes late. */
  late?: number;
  /** Delivered a second time so many minutes later, as after a lost answer. */
  again?: number;
}

export interface Post {
  type: string;
  event: BisonEvent | CalendlyEvent;
  arrives: Date;
  times: number;
  deliver(): Delivery[];
}

export interface Line {
  at: Date;
  desk: Desk;
  text: string;
}

export type ContactStatus = "hot" | "inactive";
export type MeetingStatus = "booked" | "canceled" | "no_show";

/** What the tables must say of a person at the end of the day; null: no such row. */
export interface Expectation {
  client: string;
  email: string;
  company: string | null;
  contact: ContactStatus | null;
  meeting: { status: MeetingStatus; at: Date } | null;
}

/** The state that an inbox must be in. */
export interface InboxExpectation {
  client: string;
  id: number;
  status: "Connected" | "Disconnected" | "Removed";
  since: Date;
}

type Happening = { events: (BisonEvent | CalendlyEvent)[] };

export class Day {
  readonly posts: Post[] = [];
  readonly lines: Line[] = [];
  readonly expectations: Expectation[] = [];
  readonly inboxes: InboxExpectation[] = [];
  /** Events that must be stored and ignored. */
  readonly ignored = new Set<BisonEvent | CalendlyEvent>();
  readonly chance: () => number;
  simulators!: AgencySimulators;
  now = new Date(0);

  /** @param date YYYY-MM-DD, the same day for every client in its own time zone. */
  constructor(readonly date: string) {
    this.chance = random(this.number);
  }

  /** Days since 1970. */
  get number(): number {
    return Date.parse(`${this.date}T00:00:00Z`) / 86_400_000;
  }

  desk(client: AgencyClient): Desk {
    const workspace = this.simulators.bison.workspace(client.workspace.id);
    return new Desk(this, client, workspace, this.simulators.calendly.organization(client.organization.slug));
  }
}

/** One client's side of the day. */
export class Desk {
  constructor(
    private readonly day: Day,
    readonly client: AgencyClient,
    readonly mail: Workspace,
    readonly calendar: Organization,
  ) {}

  /** The client's wall clock, "09:05", on the day or so many working days after it. */
  time(clock: string, daysLater = 0): Date {
    const date = new Date(`${this.day.date}T00:00:00Z`);
    for (let left = daysLater; left > 0;) {
      date.setUTCDate(date.getUTCDate() + 1);
      if (date.getUTCDay() % 6 !== 0) left--;
    }
    return instant(date.toISOString().slice(0, 10), clock, this.client.timeZone);
  }

  /** Moves the clock; with a text, tells what happens now. */
  at(clock: string, text?: string): this {
    this.day.now = this.time(clock);
    if (text) this.day.lines.push({ at: this.day.now, desk: this, text });
    return this;
  }

  post({ events }: Happening, journey?: Journey): void {
    for (const event of events) this.#post(event, journey ?? this.#chance(event));
  }

  ignore(happening: Happening): void {
    happening.events.forEach((event) => this.day.ignored.add(event));
    this.post(happening, { plain: true });
  }

  expect(
    { email, company }: { email: string; company?: string },
    contact: ContactStatus | null,
    meeting: Expectation["meeting"] = null,
  ): void {
    this.day.expectations.push({ client: this.client.name, email, company: company ?? null, contact, meeting });
  }

  /** Now and to the end of the day. */
  expectInbox(id: number, status: InboxExpectation["status"]): void {
    this.day.inboxes.push({ client: this.client.name, id, status, since: this.day.now });
  }

  #post(event: BisonEvent | CalendlyEvent, { times = 1, late = 0, again }: Journey): void {
    const { bison, calendly } = this.day.simulators;
    const delays = again === undefined ? [late] : [late, again];
    delays.forEach((delay, index) => {
      const count = index === 0 ? times : 1;
      this.day.posts.push({
        event,
        arrives: new Date(event.at.getTime() + delay * 60_000),
        times: count,
        ..."workspace" in event
          ? { type: event.type, deliver: () => bison.deliver(event, count) }
          : { type: event.event, deliver: () => calendly.deliver(event, count) },
      });
    });
  }

  /** One event in six comes twice at once, one in ten again later, one in four late. */
  #chance(event: BisonEvent | CalendlyEvent): Journey {
    if (!hasOwnId(event)) return { plain: true };
    const { chance } = this.day;
    return {
      times: chance() < 1 / 6 ? 2 : 1,
      late: chance() < 1 / 4 ? Math.ceil(chance() * 45) : 0,
      ...chance() < 1 / 10 ? { again: 60 + Math.ceil(chance() * 120) } : {},
    };
  }
}

/** Tags, accounts and warm-up carry no id: a repetition can only be told by its time of arrival. */
export function hasOwnId(event: BisonEvent | CalendlyEvent): boolean {
  return !("workspace" in event) || "campaign_event" in event.payload.data || "reply" in event.payload.data;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
