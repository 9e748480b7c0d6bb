// A recorded meeting, as Fathom writes it.

export interface RecordedMeeting {
  title: string;
  /** Name and address of everybody invited; who is not of the recorder's domain is from outside. */
  invitees: { name: string; email: string }[];
  start?: Date;
  minutes?: number;
  /** What was said, one utterance each: the speaker's name and the words. */
  said?: [name: string, words: string][];
  summary?: string | null;
  action_items?: { description: string; at?: string; assignee?: string; completed?: boolean }[];
  /** The transcript is not ready yet. */
  without_transcript?: boolean;
}

interface Person {
  name: string;
  email: string;
  team: string | null;
}

export interface Meeting {
  title: string;
  meeting_title: string | null;
  recording_id: number;
  url: string;
  share_url: string;
  created_at: string;
  scheduled_start_time: string;
  scheduled_end_time: string;
  recording_start_time: string;
  recording_end_time: string;
  calendar_invitees_domains_type: "only_internal" | "one_or_more_external";
  transcript_language: string;
  transcript: Utterance[] | null;
  default_summary: { template_name: string | null; markdown_formatted: string | null } | null;
  action_items: ActionItem[];
  calendar_invitees: Invitee[];
  recorded_by: Person & { email_domain: string };
  crm_matches: null;
}

interface Utterance {
  speaker: { display_name: string; matched_calendar_invitee_email: string | null };
  text: string;
  timestamp: string;
}

interface Invitee {
  name: string;
  matched_speaker_display_name: string | null;
  email: string;
  is_external: boolean;
  email_domain: string;
}

interface ActionItem {
  description: string;
  user_generated: boolean;
  completed: boolean;
  recording_timestamp: string;
  recording_playback_url: string;
  assignee: Person | null;
}

const domainOf = (email: string) => email.slice(email.indexOf("@") + 1).toLowerCase();
const whole = (at: Date) => at.toISOString().replace(/\.\d+Z$/, "Z");
const clock = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(11, 19);

export function makeMeeting(
  input: RecordedMeeting,
  id: number,
  recorder: { name: string; email: string },
  now: Date,
): Meeting {
  const { minutes = 30, start = new Date(now.getTime() - (minutes + 1) * 60_000), said = [] } = input;
  const end = new Date(start.getTime() + minutes * 60_000);
  const url = `https://fathom.video/calls/${id}`;
  const ownDomain = domainOf(recorder.email);
  const invitees = [recorder, ...input.invitees].map(({ name, email }): Invitee => ({
    name,
    matched_speaker_display_name: said.some(([speaker]) => speaker === name) ? name : null,
    email,
    is_external: domainOf(email) !== ownDomain,
    email_domain: domainOf(email),
  }));
  return {
    title: input.title,
    meeting_title: input.title,
    recording_id: id,
    url,
    share_url: `https://fathom.video/share/${id}`,
    created_at: whole(now),
    scheduled_start_time: whole(start),
    scheduled_end_time: whole(end),
    recording_start_time: whole(start),
    recording_end_time: whole(end),
    calendar_invitees_domains_type: invitees.some((one) => one.is_external) ? "one_or_more_external" : "only_internal",
    transcript_language: "en",
    transcript: input.without_transcript ? null : said.map(([name, text], n) => ({
      speaker: {
        display_name: name,
        matched_calendar_invitee_email: invitees.find((one) => one.name === name)?.email ?? null,
      },
      text,
      timestamp: clock(30 + 45 * n),
    })),
    default_summary: input.summary === null ? null : {
      template_name: "general",
      markdown_formatted: input.summary ?? `## Summary\n${input.title}.\n`,
    },
    action_items: (input.action_items ?? []).map(({ description, at, assignee, completed = false }, n) => {
      const person = invitees.find(({ name }) => name === assignee);
      const moment = at ?? clock(600 + 60 * n);
      return {
        description,
        user_generated: false,
        completed,
        recording_timestamp: moment,
        recording_playback_url: `${url}?at=${moment}`,
        assignee: person ? { name: person.name, email: person.email, team: null } : null,
      };
    }),
    calendar_invitees: invitees,
    recorded_by: { ...recorder, team: null, email_domain: ownDomain },
    crm_matches: null,
  };
}
