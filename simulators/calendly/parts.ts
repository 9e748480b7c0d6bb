// The payloads of Calendly's webhooks, exactly as the provider writes them.

export interface Tracking {
  utm_campaign: string | null;
  utm_source: string | null;
  utm_medium: string | null;
  utm_content: string | null;
  utm_term: string | null;
  salesforce_uuid: string | null;
}

export interface Cancellation {
  canceled_by: string;
  canceler_type: "host" | "invitee";
  created_at: string;
  reason: string;
}

export interface Answer {
  answer: string;
  position: number;
  question: string;
}

export interface ScheduledEventPart {
  created_at: string;
  end_time: string;
  event_guests: { email: string; created_at: string; updated_at: string }[];
  event_memberships: { user: string; user_email: string; user_name: string }[];
  event_type: string;
  invitees_counter: { total: number; active: number; limit: number };
  location: {
    data: { id: number; settings: Record<string, unknown>; password: string; extra: null };
    join_url: string;
    status: string;
    type: string;
  };
  meeting_notes_html: string | null;
  meeting_notes_plain: string | null;
  name: string;
  start_time: string;
  status: "active" | "canceled";
  updated_at: string;
  uri: string;
  cancellation?: Cancellation;
}

export interface InviteePart {
  cancel_url: string;
  created_at: string;
  email: string;
  event: string;
  first_name: string | null;
  invitee_scheduled_by: string | null;
  last_name: string | null;
  name: string;
  new_invitee: string | null;
  no_show: { uri: string; created_at: string } | null;
  old_invitee: string | null;
  payment: null;
  questions_and_answers: Answer[];
  reconfirmation: null;
  reschedule_url: string;
  rescheduled: boolean;
  routing_form_submission: string | null;
  scheduled_event: ScheduledEventPart;
  scheduling_method: string | null;
  status: "active" | "canceled";
  text_reminder_number: string | null;
  timezone: string;
  tracking: Tracking;
  updated_at: string;
  uri: string;
  cancellation?: Cancellation;
}

export interface SubmissionPart {
  uri: string;
  routing_form: string;
  questions_and_answers: { question_uuid: string; question: string; answer: string }[];
  tracking: Tracking;
  result:
    | { type: "event_type"; value: string }
    | { type: "custom_message"; value: { headline: string; body: string } }
    | { type: "external_url"; value: string };
  submitter: string | null;
  submitter_type: "Invitee" | null;
  created_at: string;
  updated_at: string;
}

export interface EventTypePart {
  uri: string;
  name: string;
  active: boolean;
  slug: string;
  scheduling_url: string;
  duration: number;
  kind: "solo" | "group";
  pooling_type: string | null;
  type: "StandardEventType";
  color: string;
  created_at: string;
  updated_at: string;
  internal_note: string | null;
  description_plain: string | null;
  description_html: string | null;
  profile: { type: "User"; name: string; owner: string };
  secret: boolean;
  deleted_at: string | null;
}

export const EVENTS = [
  "invitee.created",
  "invitee.canceled",
  "invitee_no_show.created",
  "invitee_no_show.deleted",
  "routing_form_submission.created",
  "event_type.created",
  "event_type.updated",
  "event_type.deleted",
] as const;
export type EventName = typeof EVENTS[number];
