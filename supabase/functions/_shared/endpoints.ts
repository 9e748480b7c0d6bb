import { createHash } from "node:crypto";
import { hostOf } from "../../../shared/bison.ts";
import type { EndpointIdentity } from "../../../shared/delivery.ts";
import type { Call, EndpointRow } from "./db.ts";
import type { Log } from "./log.ts";
import type { SecretBox } from "./secrets.ts";

/** One webhook URL of one client, ready to verify deliveries with. */
export interface Endpoint extends EndpointIdentity {
  readonly id: number;
  readonly requireSignature: boolean;
  /** The signing secrets that are valid now, in clear. */
  readonly secrets: readonly string[];
  /** True when there are secrets, but none that our keys open: nothing can be verified then. */
  readonly isSealed: boolean;
}

/** Finds endpoints by path token. */
export interface Endpoints {
  /** The endpoint of a token, from memory if it was asked for lately; undefined: unknown or inactive. */
  find(token: string): Promise<Endpoint | undefined> | Endpoint | undefined;
  /** The same, asking the database: for when what memory says does not fit. */
  reload(token: string): Promise<Endpoint | undefined>;
}

/** What looking up endpoints needs. */
export interface EndpointDeps {
  call: Call;
  secrets: SecretBox;
  log: Log;
  /** Milliseconds since 1970. */
  now: () => number;
}

const keepKnown = 30_000;
const keepUnknown = 3_000;
/** Entries in memory; guesses of tokens push out one another, and at worst an endpoint that is then asked for again. */
const mostEntries = 2_000;
const longestToken = 200;

interface Entry {
  endpoint: Endpoint | undefined;
  until: number;
}

/** Endpoints of one provider, each kept in memory for 30 s, an unknown token for 3 s. */
export function createEndpoints(provider: string, { call, secrets, log, now }: EndpointDeps): Endpoints {
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<Endpoint | undefined>>();

  async function load(token: string): Promise<Endpoint | undefined> {
    const hash = createHash("sha256").update(token).digest();
    const row = await call("integrations.webhook_endpoint", [provider, hash]);
    const endpoint = row.endpoint_id === null ? undefined : await toEndpoint(row, secrets, log);
    entries.delete(token);
    if (entries.size >= mostEntries) entries.delete(entries.keys().next().value!);
    entries.set(token, { endpoint, until: now() + (endpoint === undefined ? keepUnknown : keepKnown) });
    return endpoint;
  }

  function reload(token: string): Promise<Endpoint | undefined> {
    const current = loading.get(token) ?? load(token).finally(() => loading.delete(token));
    loading.set(token, current);
    return current;
  }

  return {
    find(token) {
      const entry = entries.get(token);
      if (entry !== undefined && entry.until > now()) return entry.endpoint;
      return token.length > longestToken ? undefined : reload(token);
    },
    reload,
  };
}

async function toEndpoint(row: EndpointRow, box: SecretBox, log: Log): Promise<Endpoint> {
  const secrets: string[] = [];
  for (const sealed of row.signing_secrets) {
    try {
      secrets.push(await box.open(sealed));
    } catch (error) {
      log.error("signing secret cannot be opened", { endpoint_id: row.endpoint_id, cause: String(error) });
    }
  }
  return {
    id: row.endpoint_id,
    instanceHost: row.instance_url === null ? undefined : hostOf(row.instance_url),
    workspaceId: row.workspace_id?.trim() || undefined,
    requireSignature: row.require_signature,
    secrets,
    isSealed: secrets.length === 0 && row.signing_secrets.length > 0,
  };
}
