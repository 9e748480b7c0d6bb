import type postgres from "postgres";
import { within } from "../supabase/functions/_shared/deadline.ts";
import { describe } from "../supabase/functions/_shared/errors.ts";
import type { Log } from "../supabase/functions/_shared/log.ts";
import { connect } from "./platform.ts";

const beat = 30_000;
const patience = 5_000;

/**
 * Calls `wake` when jobs arrive. A connection that only listens does not notice when its other end is gone: so it is
 * sent a word through the database now and then, and made anew when that does not arrive.
 */
export async function listenForJobs(
  url: string,
  name: string,
  wake: () => void,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const channel = `worker_${crypto.randomUUID().slice(0, 8)}`;
  let heard = Date.now();
  let client = await listen();

  async function listen(): Promise<postgres.Sql> {
    const sql = connect(url, {
      connect_timeout: 2,
      backoff: () => 0.5,
      fetch_types: false,
      connection: { application_name: `millrace listener ${name}`.slice(0, 63) },
    });
    const listening = Promise.all([
      // Whatever came while nobody listened.
      sql.listen("outbound_jobs", wake, wake),
      sql.listen(channel, () => void (heard = Date.now())),
    ]);
    try {
      await within(patience, listening, () => new Error("The database does not answer: is JOBS_DATABASE_URL right?"));
      return sql;
    } catch (error) {
      // It would go on trying, at full speed where something closes each connection.
      sql.end({ timeout: 0 }).catch(() => {});
      throw error;
    }
  }

  async function check(): Promise<void> {
    const sent = Date.now();
    try {
      await Promise.race([client.notify(channel, ""), pause(patience)]);
      await pause(patience);
      if (heard >= sent) return;
      log.warn("the listener heard nothing", {});
      const deaf = client;
      client = await listen();
      wake();
      deaf.end({ timeout: 1 }).catch(() => {});
    } catch (error) {
      log.warn("the listener is away", { cause: describe(error) });
    }
  }

  const timer = setInterval(check, beat);
  return {
    stop: async () => {
      clearInterval(timer);
      await client.end({ timeout: 1 }).catch(() => {});
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
