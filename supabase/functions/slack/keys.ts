import type { Call } from "../_shared/db.ts";
import type { Log } from "../_shared/log.ts";
import type { SecretBox } from "../_shared/secrets.ts";

/** The signing secrets that are valid now, in clear. */
export interface SlackKeys {
  /** From memory, if they were asked for lately. */
  find(): Promise<readonly string[]>;
  /** Asks the database, but not for every request that somebody else signs. */
  reload(): Promise<readonly string[]>;
}

const keep = 30_000;
const soonest = 3_000;

interface Deps {
  call: Call;
  secrets: SecretBox;
  log: Log;
  now: () => number;
}

export function createSlackKeys({ call, secrets, log, now }: Deps): SlackKeys {
  let known: readonly string[] = [];
  let loadedAt = -Infinity;
  let loading: Promise<readonly string[]> | undefined;

  async function load(): Promise<readonly string[]> {
    const { signing_secrets } = await call("integrations.slack_app", []);
    const opened = await Promise.all((signing_secrets ?? []).map((sealed) =>
      secrets.open(sealed).catch((error) => {
        log.error("signing secret of Slack cannot be opened", { cause: String(error) });
        return "";
      })
    ));
    loadedAt = now();
    return known = opened.filter((secret) => secret !== "");
  }

  async function within(milliseconds: number): Promise<readonly string[]> {
    if (now() - loadedAt < milliseconds) return known;
    loading ??= load().finally(() => loading = undefined);
    return await loading;
  }

  return { find: () => within(keep), reload: () => within(soonest) };
}
