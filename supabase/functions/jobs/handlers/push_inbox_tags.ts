import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import { NeedsPerson } from "../../_shared/providers/call.ts";
import { attachTag, removeTag } from "../../_shared/providers/bison_tags.ts";

interface Push {
  app_url: string | null;
  api_key: string | null;
  bison_tag_id: number;
  versions: number[];
  attach: number[];
  remove: number[];
}

/** Tells EmailBison which inboxes have a tag and which no longer. */
export const pushInboxTags = defineJob({
  type: "push_inbox_tags",
  payload: z.object({ tag_id: z.guid() }),
  async run({ tag_id }, { sql, secrets, signal }) {
    const [push] = await sql<Push[]>`
      select app_url, api_key, bison_tag_id, to_jsonb(versions) as versions, to_jsonb(attach) as attach,
        to_jsonb(remove) as remove
      from integrations.inbox_tag_push(${tag_id})`;
    if (push === undefined) return;
    if (!push.app_url || !push.api_key) {
      throw new NeedsPerson("The client has no EmailBison URL or API key: add both, then have this job tried again.");
    }
    const tell = {
      instanceUrl: push.app_url,
      key: await secrets.open(push.api_key),
      tag: push.bison_tag_id,
      signal,
    };
    await attachTag(tell, push.attach);
    await removeTag(tell, push.remove);
    await sql`select integrations.inbox_tags_pushed(${tag_id}, ${`{${push.versions.join(",")}}`}::text::bigint[])`;
  },
});
