import { connect } from "../_shared/db.ts";
import { requiredEnv } from "../_shared/env.ts";
import { createLog, levelOf } from "../_shared/log.ts";
import { calendlyApp } from "../_shared/providers/calendly.ts";
import { createSecretBox } from "../_shared/secrets.ts";
import { createApp } from "./app.ts";

const call = connect(requiredEnv("API_DATABASE_URL"));
const secrets = createSecretBox(requiredEnv("MILLRACE_SECRET_KEYS"));
const log = createLog(levelOf(Deno.env.get("LOG_LEVEL")));
const app = createApp({ call, secrets, log, calendly: calendlyApp, now: Date.now });

export default { fetch: app.fetch };
