// Walks every operation of the document as every kind of caller, with what is right and what is not.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "../../supabase/functions/api/app.ts";
import { addReference, documentOf, type OpenApiDocument } from "../../supabase/functions/api/core/reference.ts";
import { Problem } from "../../supabase/functions/api/core/problems.ts";
import { bodyOf, mayDo, pathOf, shared, type Step, stepsOf } from "./operations.ts";
import { complaintsOf } from "./schema.ts";
import { type Ids, seedRows } from "./rows.ts";
import { createWorld, people, type Person, type Reply, tokenOf, type World } from "./support.ts";

const document = readDocument();
const steps = stepsOf(document);
let world: World;
let acme: Ids;
let birch: Ids;

beforeAll(async () => {
  world = await createWorld();
  acme = await seedRows(world.sql, "Acme", 1);
  birch = await seedRows(world.sql, "Birch", 2);
});
afterAll(() => world?.drop());

function readDocument(): OpenApiDocument {
  const api = createApi({} as never);
  addReference(api);
  return documentOf(api);
}

/** Does the operation for Acme, unless told, on a row of its own. */
async function act(
  step: Step,
  who: Parameters<World["ask"]>[0],
  ids = acme,
  owner: "Acme" | "Birch" = "Acme",
): Promise<Reply> {
  const path = pathOf(step, ids[step.resource] ?? "");
  return await world.ask(who, step.method, path, { body: bodyOf(step, owner, ids) });
}

/** What a caller is told, but for what differs in every answer. */
function told({ status, body }: Reply): unknown {
  const { request_id: _, ...rest } = body;
  return { status, ...rest };
}

function expectProblem(reply: Reply, status: number, code: string): void {
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect(reply.headers.get("content-type")).toBe("application/problem+json");
  expect(Problem.safeParse(reply.body).error).toBeUndefined();
}

test("the document has an operation for everything that is promised", () => {
  expect(steps.length).toBeGreaterThan(60);
  expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
});

describe.each(steps.map((step) => [`${step.method} ${step.template}`, step] as const))("%s", (_, step) => {
  const hasBody = step.operation.requestBody !== undefined;

  test("answers 401 without a token, and with one that is not good", async () => {
    expectProblem(await act(step, null), 401, "unauthorized");
    const forged = await tokenOf({ sub: people.admin.id }, "another-secret-that-is-not-the-right-one");
    expectProblem(await act(step, { key: forged }), 401, "unauthorized");
    const old = await tokenOf({ sub: people.admin.id }, undefined, "-1h");
    expectProblem(await act(step, { key: old }), 401, "unauthorized");
    expectProblem(await act(step, { key: `mr_abcdefgh_${"x".repeat(43)}` }), 401, "unauthorized");
  });

  test("refuses an API key without the scope", async () => {
    const { key } = await world.keyOf("admin", ["nothing:write"]);
    expectProblem(await act(step, { key }), 403, "insufficient_scope");
    if (step.method === "GET") return;
    const readOnly = await world.keyOf("admin", [step.operation["x-scope"].replace(":write", ":read")]);
    expectProblem(await act(step, readOnly), 403, "insufficient_scope");
  });

  test.runIf(hasBody)("refuses a body that is not as documented", async () => {
    const path = pathOf(step, acme[step.resource] ?? "");
    for (
      const [body, code] of [
        ["{", "invalid_json"],
        ["[]", "invalid_request"],
        ['"text"', "invalid_request"],
        [{ no_such_column: 1 }, "invalid_request"],
        [{ name: { $gt: "" }, value: [], email: 1, text: null, business: 7, client: [] }, "invalid_request"],
      ]
    ) expectProblem(await world.ask("admin", step.method, path, { body }), 400, code as string);
    const text = { body: "{}", headers: { "content-type": "text/plain" } };
    expectProblem(await world.ask("admin", step.method, path, text), 415, "unsupported_media_type");
    const large = { body: `{"name": "${"x".repeat(1_100_000)}"}` };
    expectProblem(await world.ask("admin", step.method, path, large), 413, "too_large");
  });

  test.runIf(step.hasId)("answers an unknown id, and one that is none, with 404", async () => {
    const unknown = { uuid: "11111111-1111-4111-8111-111111111111", number: "987654321", text: "Nobody" };
    for (const id of [...Object.values(unknown), "'; drop table x; --", "%00", btoa('["x","1"]'), "[]"]) {
      const reply = await world.ask("admin", step.method, pathOf(step, id), { body: bodyOf(step, "Acme", acme) });
      expectProblem(reply, 404, "not_found");
    }
  });

  test.runIf(step.hasId && !shared.includes(step.resource))(
    "answers another client's id as an unknown one",
    async () => {
      const mine: Person[] = ["member", "reader"];
      for (const person of mine) {
        const unknown = { ...birch, [step.resource]: unknownLike(birch[step.resource]!) };
        const other = await act(step, person, birch, "Acme");
        expect(told(other)).toEqual(told(await act(step, person, unknown, "Acme")));
        expect([403, 404]).toContain(other.status);
      }
    },
  );

  test("lets those do it whose right it is, and no others", async () => {
    for (const person of ["reader", "viewer", "nobody", "stranger", "member", "manager", "admin"] as const) {
      const ids = await fresh(step);
      const reply = await act(step, person, ids);
      const may = mayDo(step, person) && person !== "nobody";
      if (person === "stranger" || person === "nobody") {
        if (isAboutRows(step)) {
          expect([person, reply.status < 400 && JSON.stringify(reply.body).includes("Acme")]).toEqual([person, false]);
          if (step.method !== "GET") expect([403, 404]).toContain(reply.status);
        }
        continue;
      }
      if (may) {
        expect([person, reply.status, reply.body]).toEqual([
          person,
          Number(Object.keys(step.operation.responses)[0]),
          reply.body,
        ]);
        expect(complaintsOf(document, step.operation, reply)).toEqual([]);
      } else {
        const isHidden = step.hasId && hidden.includes(step.resource) && step.method !== "GET";
        expect([person, reply.status]).toEqual([person, isHidden && reply.status === 404 ? 404 : 403]);
      }
    }
  });
});

/** Rows that not even everybody of the client may see. */
const hidden = ["inbox-providers", "notice-kinds", "settings", "slack-users", "members", "api-keys"];
const isAboutRows = ({ id }: Step) => id !== "createApiKey";

/** Documents of which a client has one. */
const sole: Record<string, string> = {
  "knowledge-bases": "client_knowledge_base",
  copywriting: "client_copywriting",
  "plans-of-action": "client_plan_of_action",
};

/** Some operations take away the row that they are about. */
async function fresh({ method, resource, id }: Step): Promise<Ids> {
  if (id === "createTarget") await world.sql`delete from public.client_targets where client = 'Acme'`;
  if (resource in sole && id.startsWith("create")) {
    await world.sql`delete from public.${world.sql(sole[resource]!)} where client = 'Acme'`;
  } else if (resource in sole) {
    const [row] = await world.sql`select id from public.${world.sql(sole[resource]!)} where client = 'Acme'`;
    acme[resource] = row!.id;
  }
  if (resource === "drafts") {
    const status = id === "retryDraft" ? "failed" : "written";
    await world.sql`
      update public.client_drafts set document_id = null, status = ${status},
        problem = ${status === "failed" ? "Nobody wrote it." : null}
      where id = ${acme.drafts!}`;
  }
  if (id === "createMembership") {
    await world.sql`delete from integrations.memberships where user_id = ${people.nobody.id}`;
  }
  if (resource === "client-settings") {
    await world.sql`delete from integrations.client_settings where client = 'Acme'`;
    if (id === "createClientSetting") return acme;
    await world.sql`insert into integrations.client_settings (client, name, value) values ('Acme', 'sync.hour', 2)`;
    return acme;
  }
  if (resource === "webhook-events") await world.sql`update integrations.webhook_events set status = 'dead'`;
  if (resource === "provider-orders") {
    await world.sql`delete from public.inbox_orders where order_number like 'Acme-%'`;
    const [status, step] = id === "retryProviderOrder" ? ["failed", "submit"] : ["exported", null];
    await world.sql`
      update public.provider_orders
      set status = ${status!}, failed_step = ${step!}, submitted_at = null, cancelled_at = null where order_ref = 'Acme'`;
  }
  if (resource === "rebatch-runs") await failRebatch(acme[resource]!);
  if (resource === "jobs") await world.sql`update outbound.job_queue set status = 'failed'`;
  if (method !== "DELETE" && id !== "getTarget" && id !== "updateTarget") return acme;
  const table = {
    targets: "public.client_targets",
    "engaged-leads": "public.engaged_leads",
    "crm/contacts": "public.crm_contacts",
    "crm/deals": "public.crm_deals",
    "crm/notes": "public.crm_notes",
    "crm/tasks": "public.crm_tasks",
    "crm/tags": "public.crm_tags",
    "webhook-subscriptions": "shared.webhook_subscriptions",
    opportunities: "public.client_opportunities",
    "domain-templates": "public.domain_generation_templates",
    "slack-channels": "integrations.slack_channels",
    members: "integrations.memberships",
    "api-keys": "shared.user_api_keys",
  }[resource]!;
  return { ...acme, [resource]: await copyOf(table, acme[resource]!) };
}

/** The only run that is under way has failed, and there is a goal to plan for. */
async function failRebatch(run: string): Promise<void> {
  await world.sql`
    insert into public.client_targets (client, emails_per_day) values ('Acme', 10)
    on conflict (client) do update set emails_per_day = 10`;
  await world.sql`
    update public.rebatch_runs set status = 'superseded', executed_at = null where client = 'Acme' and id <> ${run}`;
  await world.sql`
    update public.rebatch_runs set status = 'failed', executed_at = null, error_message = 'It stopped.' where id = ${run}`;
  await world.sql`update public.rebatch_steps set status = 'failed' where run_id = ${run}`;
}

async function copyOf(table: string, id: string): Promise<string> {
  const unique: Record<string, string> = {
    "public.client_targets": `"client": "Acme"`,
    "public.crm_contacts": `"email": "${crypto.randomUUID()}@copy.test"`,
    "integrations.slack_channels": `"kind": "${crypto.randomUUID()}"`,
    "integrations.memberships": `"user_id": "${people.nobody.id}", "client": "Acme", "role": "viewer"`,
    "shared.user_api_keys": `"key_hash": "${crypto.randomUUID().replaceAll("-", "").repeat(2)}"`,
  };
  if (table === "public.client_targets") await world.sql`delete from public.client_targets where client = 'Acme'`;
  if (table === "integrations.memberships") {
    await world.sql`delete from integrations.memberships where user_id = ${people.nobody.id}`;
  }
  const [columns] = await world.sql<{ list: string }[]>`
    select string_agg(quote_ident(attname), ', ') as list from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'id'
      and attidentity = ''`;
  const [row] = await world.sql.unsafe(`
    insert into ${table} (${columns!.list})
    select ${columns!.list} from jsonb_populate_record(null::${table}, coalesce(
      (select to_jsonb(t) from ${table} t where t.id::text = '${id}'), '{}') || '{${unique[table] ?? ""}}')
    returning id`);
  return String(row!.id);
}

/** An id of the same form that nobody has. */
function unknownLike(id: string): string {
  if (/^\d+$/.test(id)) return "987654321";
  if (/^[0-9a-f-]{36}$/.test(id)) return crypto.randomUUID();
  if (id === "Birch") return "Nobody";
  return btoa('["https://bison.test","987654321"]').replace(/=+$/, "");
}
