import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { seed } from "../../local/migrate.ts";
import { agency, createAgencySimulators, instanceUrl } from "../../simulators/agency.ts";
import { root } from "../../local/paths.ts";
import { createSecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

const developmentKeys = "dev:bWlsbHJhY2UtZGV2ZWxvcG1lbnQta2V5LTMyYnl0ZSE=";
const { open } = createSecretBox(developmentKeys);
const { calendly } = createAgencySimulators("http://127.0.0.1:1");
let database: TestDatabase;
let sql: ReturnType<TestDatabase["sql"]>;

beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
  await seed(database.url());
});
afterAll(() => database.drop());

describe("supabase/seed.sql", () => {
  test("changes nothing the second time", async () => {
    const count = () =>
      sql`
        select
          (select count(*) from integrations.tenants) as tenants,
          (select count(*) from integrations.webhook_endpoints) as endpoints,
          (select count(*) from auth.users) as users,
          (select count(*) from integrations.memberships) as memberships,
          (select count(*) from public.inboxes) as inboxes,
          (select sum(inbox_count) from public.inbox_tags) as tagged`;
    const before = await count();
    await sql.unsafe(await Deno.readTextFile(`${root}/supabase/seed.sql`)).simple();
    expect(await count()).toEqual(before);
    expect(before[0]).toMatchObject({ tenants: "3", endpoints: "6", users: "4", memberships: "4", tagged: "4" });
  });

  test("has an admin, a viewer and one member for each client", async () => {
    const rows = await sql`
      select u.email, m.client, m.role from integrations.memberships m join auth.users u on u.id = m.user_id order by u.email`;
    expect(rows.map(({ email, client, role }) => [email, client, role])).toEqual([
      ["admin@millrace.example", null, "admin"],
      ["sales@bluebird-logistics.example", "Bluebird Logistics", "member"],
      ["sales@northwind-robotics.example", "Northwind Robotics", "member"],
      ["viewer@millrace.example", null, "viewer"],
    ]);
  });
});

describe.each(agency)("the simulators' $name and the seed's are the same", (client) => {
  const { name, workspace } = client;

  test("time zone and workspace", async () => {
    const [row] = await sql`
      select t.time_zone, c."Client ID - Bison" as workspace_id, c."App URL- Bison" as url, c."Api Key - Bison" as key
      from integrations.tenants t
      join public."Clients" c on c."Business" = t.business
      where t.business = ${name}`;
    expect(row).toMatchObject({ time_zone: client.timeZone, workspace_id: `${workspace.id}`, url: instanceUrl });
    expect(await open(row!.key)).toBe(workspace.apiToken);
  });

  test("campaigns, inboxes and tags", async () => {
    const campaigns =
      await sql`select campaign_id, campaign_name from public."Campaigns" where client = ${name} order by 1`;
    expect(campaigns.map((row) => [Number(row.campaign_id), row.campaign_name])).toEqual(
      workspace.campaigns!.map((campaign) => [campaign.id, campaign.name]),
    );
    const inboxes = await sql`
      select bison_inbox_id, name, email, daily_limit from public.inboxes where client = ${name} order by 1`;
    expect(inboxes.map((row) => [row.bison_inbox_id, row.name, row.email, row.daily_limit])).toEqual(
      workspace.senders!.map((sender) => [sender.id, sender.name, sender.email, sender.daily_limit]),
    );
    const tags = await sql`select bison_tag_id, name from public.inbox_tags where client = ${name} order by 1`;
    expect(tags.map((row) => [row.bison_tag_id, row.name])).toEqual(workspace.tags!.map((tag) => [tag.id, tag.name]));
  });

  test("webhook endpoints: tokens, signing key, wanted event types", async () => {
    const endpoint = async (provider: string, token: string) => {
      const hash = createHash("sha256").update(token).digest();
      const [row] = await sql`
        select * from integrations.webhook_endpoints where provider = ${provider} and client = ${name} and token_hash = ${hash}`;
      return row!;
    };
    const bison = await endpoint("bison", client.bisonToken);
    expect(bison).toMatchObject({
      instance_url: instanceUrl,
      workspace_id: `${workspace.id}`,
      require_signature: false,
    });
    const calendar = await endpoint("calendly", client.calendlyToken);
    expect(calendar.require_signature).toBe(true);
    expect(await open(calendar.signing_secret)).toBe(client.signingKey);
    const known = [...calendly.organization(client.organization.slug).eventTypes.values()].map(({ uri }) => uri);
    for (const uri of calendar.settings.event_types ?? []) expect(known).toContain(uri);
  });
});
