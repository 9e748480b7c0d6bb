// A relay as a process of its own, for a test that kills it. Environment: DATABASE_URL.

import { connect } from "../../local/platform.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";
import { runRelay } from "../../supabase/functions/_shared/relay.ts";

const open = () => connect(Deno.env.get("DATABASE_URL")!, { max: 1 });
console.log(JSON.stringify({ ready: "yes" }));
// Small batches, so that it is in the middle of something when it dies.
await runRelay(open, createLog("error", () => {}), new AbortController().signal, { batch: 20, pause: 1 });
