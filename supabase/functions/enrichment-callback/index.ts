import { connect } from "../_shared/db.ts";
import { requiredEnv } from "../_shared/env.ts";
import { createLog, levelOf } from "../_shared/log.ts";
import { createApp } from "./app.ts";

const log = createLog(levelOf(Deno.env.get("LOG_LEVEL")));
const app = createApp({ call: connect(requiredEnv("WEBHOOK_DATABASE_URL")), log });

export default { fetch: app.fetch };
