import type { JobHandler } from "../_shared/jobs.ts";
import { deliverWebhook } from "./handlers/deliver_webhook.ts";

/** Every kind of job that the workers know. */
export const handlers: readonly JobHandler[] = [deliverWebhook];
