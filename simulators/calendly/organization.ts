// One Calendly organization with one host: what can be booked, what was booked, and what happens to it. Every happening
// returns the events that it raises, not yet delivered.
import { NotThere } from "../errors.ts";
import { micros, stableUuid } from "../format.ts";
import type { Answer, Cancellation, EventName, EventTypePart, InviteePart, SubmissionPart, Tracking } from "./parts.ts";

export interface OrganizationInput {
  /** Names the organization; every uri in it follows from it. */
  slug: string;
  name: string;
  host: { name: string; email: string };
  accessToken: string;
  timeZone?: string;
  plan?: "free" | "paid";
  eventTypes?: { slug: string; name: string; minutes?: number }[];
}

export interface Invitee {
  part: InviteePart;
}

export interface CalendlyEvent {
  id: number;
  organization: Organization;
  event: EventName;
  payload: object;
  at: Date;
}

export interface Booking {
  email: string;
  name: string;
  first_name?: string;
  last_name?: string;
  event_type?: string;
  start: Date;
  answers?: Omit<Answer, "position">[];
  tracking?: Partial<Tracking>;
}

export interface Submission {
  answers: Record<string, string>;
  result?: SubmissionPart["result"];
  submitter?: Invitee;
  tracking?: Partial<Tracking>;
}

/** What an organization needs of the simulator around it. */
export interface Instance {
  now(): Date;
  nextId(kind: string): number;
  record(organization: Organization, event: EventName, payload: object): CalendlyEvent;
}

const API = "https://api.calendly.com";
const NO_TRACKING: Tracking = {
  utm_campaign: null,
  utm_source: null,
  utm_medium: null,
  utm_content: null,
  utm_term: null,
  salesforce_uuid: null,
};

export class Organization {
  readonly uri: string;
  readonly user: string;
  readonly eventTypes = new Map<string, EventTypePart>();
  readonly invitees: Invitee[] = [];
  readonly submissions: SubmissionPart[] = [];

  constructor(readonly input: OrganizationInput, private readonly instance: Instance) {
    this.uri = this.#uri("organizations", "itself");
    this.user = this.#uri("users", input.host.email);
    for (const type of input.eventTypes ?? []) this.eventTypes.set(type.slug, this.#newEventType(type));
  }

  /** The invitee with this address whose booking is the newest. */
  inviteeOf(email: string): Invitee {
    const invitee = this.invitees.findLast(({ part }) => part.email === email);
    if (!invitee) throw new NotThere(`There is no booking of ${email}.`);
    return invitee;
  }

  book(booking: Booking): { invitee: Invitee; events: CalendlyEvent[] } {
    const invitee = this.#add(this.#newInvitee(booking, null));
    return { invitee, events: this.#raise("invitee.created", invitee.part) };
  }

  cancel(invitee: Invitee, by: "host" | "invitee" = "invitee", reason = "Conflict"): { events: CalendlyEvent[] } {
    this.#cancel(invitee, by, reason);
    return { events: this.#raise("invitee.canceled", invitee.part) };
  }

  /** Two events: the old invitee canceled, a new one created. Nothing says which one arrives first. */
  reschedule(invitee: Invitee, start: Date, reason = "Conflict"): { invitee: Invitee; events: CalendlyEvent[] } {
    const { email, name, first_name, last_name, questions_and_answers, tracking, scheduled_event } = invitee.part;
    const booking: Booking = {
      email,
      name,
      first_name: first_name ?? undefined,
      last_name: last_name ?? undefined,
      event_type: this.#slugOf(scheduled_event.event_type),
      start,
      answers: questions_and_answers,
      tracking,
    };
    const next = this.#add(this.#newInvitee(booking, invitee.part.uri));
    this.#cancel(invitee, "invitee", reason);
    invitee.part.rescheduled = true;
    invitee.part.new_invitee = next.part.uri;
    const canceled = this.#raise("invitee.canceled", invitee.part);
    return { invitee: next, events: [...canceled, ...this.#raise("invitee.created", next.part)] };
  }

  noShow(invitee: Invitee): { events: CalendlyEvent[] } {
    invitee.part.no_show = { uri: this.#newUri("invitee_no_shows"), created_at: micros(this.instance.now()) };
    return { events: this.#raise("invitee_no_show.created", invitee.part) };
  }

  undoNoShow(invitee: Invitee): { events: CalendlyEvent[] } {
    invitee.part.no_show = null;
    return { events: this.#raise("invitee_no_show.deleted", invitee.part) };
  }

  submit(submission: Submission): { events: CalendlyEvent[] } {
    const now = micros(this.instance.now());
    const [first] = this.eventTypes.values();
    const part: SubmissionPart = {
      uri: this.#newUri("routing_form_submissions"),
      routing_form: this.#uri("routing_forms", "first"),
      questions_and_answers: Object.entries(submission.answers).map(([question, answer]) => ({
        question_uuid: stableUuid(`${this.input.slug} question ${question}`),
        question,
        answer,
      })),
      tracking: { ...NO_TRACKING, ...submission.tracking },
      result: submission.result ?? { type: "event_type", value: first?.uri ?? "" },
      submitter: submission.submitter?.part.uri ?? null,
      submitter_type: submission.submitter ? "Invitee" : null,
      created_at: now,
      updated_at: now,
    };
    this.submissions.push(part);
    return { events: this.#raise("routing_form_submission.created", part) };
  }

  eventType(
    what: "created" | "updated" | "deleted",
    type: { slug: string; name: string },
  ): { events: CalendlyEvent[] } {
    const part = this.eventTypes.get(type.slug) ?? this.#newEventType(type);
    Object.assign(part, { name: type.name, updated_at: micros(this.instance.now()), active: what !== "deleted" });
    if (what === "deleted") part.deleted_at = part.updated_at;
    this.eventTypes.set(type.slug, part);
    return { events: this.#raise(`event_type.${what}`, part) };
  }

  #raise(event: EventName, payload: object): CalendlyEvent[] {
    return [this.instance.record(this, event, payload)];
  }

  #add(part: InviteePart): Invitee {
    const invitee = { part };
    this.invitees.push(invitee);
    return invitee;
  }

  #cancel({ part }: Invitee, by: Cancellation["canceler_type"], reason: string): void {
    const now = micros(this.instance.now());
    const canceled_by = by === "host" ? this.input.host.name : part.name;
    const cancellation: Cancellation = { canceled_by, canceler_type: by, created_at: now, reason };
    const event = part.scheduled_event;
    Object.assign(event, { status: "canceled", updated_at: now, cancellation });
    event.invitees_counter.active = 0;
    Object.assign(part, { status: "canceled", updated_at: now, cancellation });
  }

  #newInvitee(booking: Booking, oldInvitee: string | null): InviteePart {
    const now = micros(this.instance.now());
    const event = this.#newUri("scheduled_events");
    const uuid = this.#newUuid("invitees");
    return {
      cancel_url: `https://calendly.com/cancellations/${uuid}`,
      created_at: now,
      email: booking.email,
      event,
      first_name: booking.first_name ?? null,
      invitee_scheduled_by: null,
      last_name: booking.last_name ?? null,
      name: booking.name,
      new_invitee: null,
      no_show: null,
      old_invitee: oldInvitee,
      payment: null,
      questions_and_answers: (booking.answers ?? []).map(({ answer, question }, position) => ({
        answer,
        position,
        question,
      })),
      reconfirmation: null,
      reschedule_url: `https://calendly.com/reschedulings/${uuid}`,
      rescheduled: false,
      routing_form_submission: null,
      scheduled_event: this.#newScheduledEvent(event, booking, now),
      scheduling_method: null,
      status: "active",
      text_reminder_number: null,
      timezone: this.input.timeZone ?? "America/New_York",
      tracking: { ...NO_TRACKING, ...booking.tracking },
      updated_at: now,
      uri: `${event}/invitees/${uuid}`,
    };
  }

  #newScheduledEvent(uri: string, { event_type, start }: Booking, now: string): InviteePart["scheduled_event"] {
    const type = event_type ? this.eventTypes.get(event_type) : [...this.eventTypes.values()][0];
    if (!type) throw new NotThere(`There is no event type ${event_type ?? "at all"}.`);
    const room = 10_000_000_000 + this.instance.nextId("rooms");
    return {
      created_at: now,
      end_time: micros(new Date(start.getTime() + type.duration * 60_000)),
      event_guests: [],
      event_memberships: [{ user: this.user, user_email: this.input.host.email, user_name: this.input.host.name }],
      event_type: type.uri,
      invitees_counter: { total: 1, active: 1, limit: 1 },
      location: {
        data: { id: room, settings: {}, password: "demo", extra: null },
        join_url: `https://us05web.zoom.us/j/${room}?pwd=demo`,
        status: "pushed",
        type: "zoom",
      },
      meeting_notes_html: null,
      meeting_notes_plain: null,
      name: type.name,
      start_time: micros(start),
      status: "active",
      updated_at: now,
      uri,
    };
  }

  #newEventType({ slug, name, minutes }: { slug: string; name: string; minutes?: number }): EventTypePart {
    const now = micros(this.instance.now());
    return {
      uri: this.#uri("event_types", slug),
      name,
      active: true,
      slug,
      scheduling_url: `https://calendly.com/${this.input.slug}/${slug}`,
      duration: minutes ?? 30,
      kind: "solo",
      pooling_type: null,
      type: "StandardEventType",
      color: "#0069ff",
      created_at: now,
      updated_at: now,
      internal_note: null,
      description_plain: null,
      description_html: null,
      profile: { type: "User", name: this.input.host.name, owner: this.user },
      secret: false,
      deleted_at: null,
    };
  }

  #slugOf(uri: string): string | undefined {
    return [...this.eventTypes.values()].find((type) => type.uri === uri)?.slug;
  }

  #newUri(kind: string): string {
    return `${API}/${kind}/${this.#newUuid(kind)}`;
  }

  #newUuid(kind: string): string {
    return stableUuid(`${this.input.slug} ${kind} ${this.instance.nextId(kind)}`);
  }

  #uri(kind: string, name: string): string {
    return `${API}/${kind}/${stableUuid(`${this.input.slug} ${kind} ${name}`)}`;
  }
}
