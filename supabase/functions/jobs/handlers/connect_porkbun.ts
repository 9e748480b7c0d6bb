import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { functionsUrl } from "../../_shared/env.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { Refused } from "../../_shared/providers/call.ts";
import { porkbunOf, type Sealed } from "../porkbun.ts";

/** Makes the account's webhook. One that was made when a worker died before noting it is refused, and given up there. */
export const connectPorkbun = defineJob({
  type: "connect_porkbun",
  payload: z.unknown(),
  async run(_, context) {
    const { sql, secrets } = context;
    const token = randomBytes(32).toString("base64url");
    const [start] = await sql<[Sealed & { old_webhook_id: string | null }]>`
      select api_key, api_secret, old_webhook_id
      from integrations.start_porkbun_webhook(decode(${createHash("sha256").update(token).digest("hex")}, 'hex'))`;
    const porkbun = await porkbunOf(start, context);
    const { id, secret } = await porkbun.createWebhook(`${functionsUrl()}/porkbun-webhook/${token}`);
    await sql`select integrations.finish_porkbun_webhook(${id}, ${await secrets.seal(secret)})`;
    if (start.old_webhook_id === null) return;
    try {
      await porkbun.deleteWebhook(start.old_webhook_id);
    } catch (error) {
      // It is gone already.
      if (!(error instanceof Refused)) throw error;
    }
  },
});
