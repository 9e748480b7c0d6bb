import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { functionsUrl } from "../../_shared/env.ts";
import { defineJob } from "../../_shared/jobs.ts";
import { withFathom } from "../../_shared/providers/fathom.ts";

/** Makes an account's webhook. Fathom lists none: one whose secret was lost stays there, at a URL that is refused. */
export const connectFathom = defineJob({
  type: "connect_fathom",
  payload: z.object({ account: z.guid() }),
  run: ({ account }, context) =>
    withFathom(account, context, async (fathom) => {
      const token = randomBytes(32).toString("base64url");
      const [prepared] = await context.sql<[{ outcome: string }]>`
        select integrations.prepare_fathom_webhook(
          ${account}::uuid, decode(${createHash("sha256").update(token).digest("hex")}, 'hex')
        ) as outcome`;
      if (prepared.outcome !== "make") return;
      const { id, secret } = await fathom.createWebhook(`${functionsUrl()}/fathom-webhook/${token}`);
      await context.sql`
        select integrations.store_fathom_webhook(${account}::uuid, ${id}, ${await context.secrets.seal(secret)})`;
    }),
});
