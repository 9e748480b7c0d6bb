import { webhookDeps } from "../_shared/webhook.ts";
import { createApp } from "./app.ts";

const app = createApp(webhookDeps());

export default { fetch: app.fetch };
