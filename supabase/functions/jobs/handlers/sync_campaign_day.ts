import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import { useBison } from "./sync_bison.ts";

interface Access {
  instance_url: string | null;
  api_key: string | null;
  asked_at: Date;
}

/** Reads a campaign's figures of a day that is over. */
export const syncCampaignDay = defineJob({
  type: "sync_campaign_day",
  payload: z.object({ client: z.string(), campaign_id: z.int(), date: z.iso.date() }),
  async run({ client, campaign_id, date }, context) {
    const { sql } = context;
    const [access] = await sql<Access[]>`
      select instance_url, api_key, asked_at from integrations.bison_access(${client})`;
    if (access === undefined) return;
    const figures = await useBison({ client, ...access }, context, (bison) => bison.campaignDay(campaign_id, date));
    await sql`
      select integrations.store_campaign_figures(
        ${client}, ${campaign_id}, ${date}, ${sql.json(figures as never)}, ${access.asked_at}
      )`;
  },
});
