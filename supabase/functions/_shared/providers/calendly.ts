// Calendly's API v2, as far as we use it, and the tokens of a client's connection.

import { z } from "zod";
import { functionsUrl, requiredEnv } from "../env.ts";
import { GiveUp, type JobContext, RetryLater } from "../jobs.ts";
import { callProvider, NeedsPerson, type ProviderCall, providerUrl, Refused } from "./call.ts";

/** Our app at Calendly. */
export interface CalendlyApp {
  clientId: string;
  clientSecret: string;
  /** Where Calendly sends the browser back to; the app must know it. */
  redirectUri: string;
}

/** CALENDLY_CLIENT_ID and CALENDLY_CLIENT_SECRET. */
export function calendlyApp(): CalendlyApp {
  return {
    clientId: requiredEnv("CALENDLY_CLIENT_ID"),
    clientSecret: requiredEnv("CALENDLY_CLIENT_SECRET"),
    redirectUri: `${functionsUrl()}/calendly-connect/callback`,
  };
}

const apiUrl = () => providerUrl("calendly", "https://api.calendly.com");
// The simulator is both.
const authUrl = () => providerUrl("calendly_auth", providerUrl("calendly", "https://auth.calendly.com"));

/** What bookings, their forms and the subscription need. */
const scopes = "users:read organizations:read event_types:read scheduled_events:read routing_forms:read webhooks:write";

/** Where a person allows us to read their Calendly. */
export function consentUrl({ clientId, redirectUri }: CalendlyApp, state: string): string {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: scopes,
    state,
  });
  return `${authUrl()}/oauth/authorize?${query}`;
}

// Tokens ---------------------------------------------------------------------------------------------------------

const Tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
});
export type Tokens = z.infer<typeof Tokens>;

/** Redeems the code of a consent, or a refresh token. Either works once. */
export function fetchTokens(
  { clientId, clientSecret, redirectUri }: CalendlyApp,
  grant: { code: string } | { refreshToken: string },
  signal?: AbortSignal,
): Promise<Tokens> {
  return callProvider({
    provider: "Calendly",
    url: `${authUrl()}/oauth/token`,
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    form: "code" in grant
      ? { grant_type: "authorization_code", code: grant.code, redirect_uri: redirectUri }
      : { grant_type: "refresh_token", refresh_token: grant.refreshToken },
    signal,
    schema: Tokens,
  });
}

/** When tokens that were just given expire, as text for the database. */
export function expiryOf({ expires_in }: Tokens, now: number): string {
  return new Date(now + expires_in * 1000).toISOString();
}

interface Access {
  outcome: "ready" | "refresh" | "wait" | "disconnected";
  token_version: number;
  access_token: string;
  refresh_token: string;
  organization_uri: string | null;
  webhook_subscription_uri: string | null;
}

export interface OpenCalendly {
  calendly: Calendly;
  /** The subscription that we know of. */
  subscriptionUri: string | null;
}

/**
 * A client's Calendly, its access renewed if it is about to end. Of several jobs one renews, the others come back.
 *
 * @throws GiveUp when the client is disconnected.
 */
export async function openCalendly(client: string, context: JobContext, app = calendlyApp): Promise<OpenCalendly> {
  const [access] = await context.sql<[Access]>`select * from integrations.get_calendly_access(${client})`;
  const { outcome, token_version: version } = access;
  if (outcome === "disconnected") throw new GiveUp("The client's Calendly is disconnected; people were told.");
  if (outcome === "wait") throw new RetryLater(30, "Somebody else renews the access to Calendly.");
  const { signal, secrets, job } = context;
  const token = outcome === "ready"
    ? await secrets.open(access.access_token)
    : await refresh(client, access, context, app());
  const calendly = new Calendly({
    token,
    organizationUri: access.organization_uri,
    signal,
    onRefused: async () => {
      // A token that was just made and is refused as well is no matter of time.
      if (outcome !== "ready" || job.attempt > 2) return false;
      await context.sql`select integrations.expire_calendly_access(${client}, ${version}::int)`;
      return true;
    },
  });
  return { calendly, subscriptionUri: access.webhook_subscription_uri };
}

async function refresh(client: string, access: Access, context: JobContext, app: CalendlyApp): Promise<string> {
  const { secrets, now } = context;
  const { token_version: version } = access;
  let tokens: Tokens;
  try {
    const refreshToken = await secrets.open(access.refresh_token);
    // Not given up with the job: what Calendly answers is the only copy of the next token.
    tokens = await fetchTokens(app, { refreshToken });
  } catch (error) {
    const outcome = error instanceof Refused
      ? "refused"
      : error instanceof RetryLater || error instanceof NeedsPerson
      ? "later"
      : "unknown";
    const reason = (error as Error).message;
    await context.sql`select integrations.fail_calendly_refresh(${client}, ${version}::int, ${outcome}, ${reason})`;
    if (outcome === "refused") throw new GiveUp(`${reason} Calendly must be connected anew; people were told.`);
    throw error;
  }
  await storeTokens(client, version, tokens, expiryOf(tokens, now()), context);
  return tokens.access_token;
}

/** Tries for half a minute: what is not stored is lost. */
async function storeTokens(client: string, version: number, tokens: Tokens, expiresAt: string, context: JobContext) {
  const access = await context.secrets.seal(tokens.access_token);
  const next = await context.secrets.seal(tokens.refresh_token);
  for (let pause = 250;; pause *= 2) {
    try {
      await context.sql`
        select integrations.store_calendly_tokens(
          ${client}, ${version}::int, ${access}, ${next}, ${expiresAt}::text::timestamptz
        )`;
      return;
    } catch (error) {
      context.log.error("renewed access not stored yet", { job_id: context.job.id, cause: String(error) });
      if (pause > 16_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

// Calls ----------------------------------------------------------------------------------------------------------

const User = z.object({
  resource: z.object({ uri: z.string(), email: z.string(), current_organization: z.string() }),
});

const Subscription = z.object({
  uri: z.string(),
  callback_url: z.string(),
  state: z.enum(["active", "disabled"]),
  retry_started_at: z.string().nullable(),
});
export type Subscription = z.infer<typeof Subscription>;

const Pagination = z.object({ next_page_token: z.string().nullable() });
const ScheduledEvent = z.looseObject({ uri: z.string() });
const Invitee = z.looseObject({
  uri: z.string(),
  created_at: z.string(),
  status: z.string().optional(),
  cancellation: z.looseObject({ created_at: z.string().optional() }).nullish(),
  no_show: z.looseObject({ uri: z.string(), created_at: z.string().optional() }).nullish(),
});
const Empty = z.unknown();

const allEvents = [
  "invitee.created",
  "invitee.canceled",
  "invitee_no_show.created",
  "invitee_no_show.deleted",
  "routing_form_submission.created",
  "event_type.created",
  "event_type.updated",
  "event_type.deleted",
];

type Part<T> = Pick<ProviderCall<T>, "schema" | "body" | "method"> & { path: string };

export interface CalendlyOptions {
  /** The access token. */
  token: string;
  organizationUri?: string | null;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Called when the token is refused; true: come back, there will be another one. */
  onRefused?: () => Promise<boolean>;
}

export class Calendly {
  constructor(private readonly options: CalendlyOptions) {}

  async me(): Promise<z.infer<typeof User>["resource"]> {
    return (await this.#call({ path: "/users/me", schema: User })).resource;
  }

  /** Undefined: it is gone. */
  async subscription(uri: string): Promise<Subscription | undefined> {
    const path = `/webhook_subscriptions/${idOf(uri)}`;
    return await unlessGone(
      this.#call({ path, schema: z.object({ resource: Subscription }) }).then(({ resource }) => resource),
    );
  }

  async deleteSubscription(uri: string): Promise<void> {
    await unlessGone(
      this.#call({ path: `/webhook_subscriptions/${idOf(uri)}`, method: "DELETE", schema: Empty }),
    );
  }

  /** The organization's subscription to all events at this URL: a new one, or the one that is there. */
  async subscribe(url: string, signingKey: string | undefined): Promise<Subscription> {
    const organization = await this.#organization();
    const body = { url, events: allEvents, organization, scope: "organization", signing_key: signingKey };
    try {
      const schema = z.object({ resource: Subscription });
      return (await this.#call({ path: "/webhook_subscriptions", body, schema })).resource;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 409) throw error;
      const known = await this.#findSubscription(url, organization);
      if (!known) throw error;
      return known;
    }
  }

  /** A page of meetings that start at `since` or later, canceled ones included. */
  async scheduledEvents(since: string, pageToken: string | null) {
    const organization = await this.#organization();
    const query = new URLSearchParams({ organization, min_start_time: since, sort: "start_time:asc", count: "20" });
    if (pageToken) query.set("page_token", pageToken);
    const schema = z.object({ collection: z.array(ScheduledEvent), pagination: Pagination });
    return await this.#call({ path: `/scheduled_events?${query}`, schema });
  }

  async invitees(eventUri: string): Promise<z.infer<typeof Invitee>[]> {
    const schema = z.object({ collection: z.array(Invitee), pagination: Pagination });
    const all = [];
    for (let token: string | null = "";;) {
      const query: string = token ? `count=100&page_token=${encodeURIComponent(token)}` : "count=100";
      const page: z.infer<typeof schema> = await this.#call({
        path: `/scheduled_events/${idOf(eventUri)}/invitees?${query}`,
        schema,
      });
      all.push(...page.collection);
      token = page.pagination.next_page_token;
      if (!token) return all;
    }
  }

  async #findSubscription(url: string, organization: string): Promise<Subscription | undefined> {
    const schema = z.object({ collection: z.array(Subscription), pagination: Pagination });
    for (let token: string | null = "";;) {
      const query = new URLSearchParams({ organization, scope: "organization", count: "100" });
      if (token) query.set("page_token", token);
      const page: z.infer<typeof schema> = await this.#call({ path: `/webhook_subscriptions?${query}`, schema });
      const found = page.collection.find(({ callback_url }) => callback_url === url);
      token = page.pagination.next_page_token;
      if (found || !token) return found;
    }
  }

  async #organization(): Promise<string> {
    return this.options.organizationUri ?? (await this.me()).current_organization;
  }

  async #call<T>({ path, ...rest }: Part<T>): Promise<T> {
    const { token, signal, timeoutMs, onRefused } = this.options;
    try {
      const headers = { authorization: `Bearer ${token}` };
      const url = `${apiUrl()}${path}`;
      return await callProvider({ provider: "Calendly", url, headers, signal, timeoutMs, ...rest });
    } catch (error) {
      if (!(error instanceof NeedsPerson) || error.status !== 401 || !await onRefused?.()) throw error;
      throw new RetryLater(1, `${error.message} The access is renewed first.`);
    }
  }
}

/** Calendly's ids are whole URIs; the last part names the thing. */
function idOf(uri: string): string {
  return encodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}
