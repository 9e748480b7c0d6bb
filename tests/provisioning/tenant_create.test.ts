import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { box } from "../functions/support.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { dump } from "../support/dump.ts";

let database: TestDatabase;
let sql: ReturnType<TestDatabase["sql"]>;
beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
});
afterAll(() => database.drop());

async function run(script: string, ...args: string[]) {
  return await runWith({}, script, ...args);
}

async function runWith(env: Record<string, string>, script: string, ...args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--config=${root}/deno.json`, `${root}/local/${script}.ts`, ...args],
    env: {
      DATABASE_URL: database.url(),
      FUNCTIONS_URL: "https://functions.test/v1",
      MILLRACE_SECRET_KEYS: "dev:bWlsbHJhY2UtZGV2ZWxvcG1lbnQta2V5LTMyYnl0ZSE=",
      BISON_API_KEY: "38|bison-key-in-the-clear",
      ...env,
    },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}

const acme = ["--name", "Acme", "--time-zone", "Europe/Berlin", "--bison-url", "https://acme.bison.test"];

function opens(provider: string, token: string) {
  const hash = createHash("sha256").update(token).digest();
  return sql`select * from integrations.webhook_endpoint(${provider}, ${hash})`;
}

test("a client is made with endpoints whose URLs are printed once and work", async () => {
  const { success, stdout } = await run("tenant_create", ...acme, "--bison-workspace", "11", "--calendly");
  expect(success).toBe(true);
  const tokens = [...stdout.matchAll(/https:\/\/functions\.test\/v1\/(bison|calendly)-webhook\/([\w-]{43})\n/g)];
  expect(tokens.map(([, provider]) => provider)).toEqual(["bison", "calendly"]);
  for (const [, provider, token] of tokens) expect(await opens(provider!, token!)).toHaveLength(1);

  const signingKey = /Signing key {2}([\w-]{43})/.exec(stdout)![1]!;
  const [calendly] = await opens("calendly", tokens[1]![2]!);
  expect(await box.open(calendly!.signing_secrets[0])).toBe(signingKey);
  const [{ key }] = await sql<[{ key: string }]>`select "Api Key - Bison" as key from public."Clients"`;
  expect(await box.open(key)).toBe("38|bison-key-in-the-clear");

  const text = await dump(database.sql("supabase_admin"));
  expect(text).toContain("Europe/Berlin");
  for (const secret of [signingKey, "bison-key-in-the-clear", ...tokens.map(([, , token]) => token!)]) {
    expect(text).not.toContain(secret);
  }
});

test("a second run changes nothing and says so; connect replaces on demand", async () => {
  const again = await run("tenant_create", ...acme, "--bison-workspace", "11", "--calendly");
  expect(again.success).toBe(true);
  expect(again.stdout).toContain("was there, completed");
  expect(again.stdout).toContain("bison is connected already");
  expect(again.stdout).not.toContain("Webhook URL");

  const replaced = await run("connect", "--provider", "calendly", "--client", "Acme", "--replace");
  const token = /calendly-webhook\/([\w-]{43})/.exec(replaced.stdout)![1]!;
  expect(replaced.stdout).toContain("The old ones work for seven more days.");
  const [endpoint] = await opens("calendly", token);
  expect(endpoint!.signing_secrets).toHaveLength(2);
});

test("an instance is known however its address was copied", async () => {
  const bison = (instance: string, workspace: string, ...args: string[]) =>
    run(
      "connect",
      "--provider",
      "bison",
      "--client",
      "Acme",
      "--instance",
      instance,
      "--workspace",
      workspace,
      ...args,
    );
  expect((await bison("HTTPS://Acme.bison.test/login?next=1", " 11 ")).stdout).toContain("is connected already");
  await sql`
    update integrations.webhook_endpoints set instance_url = 'https://Acme.bison.test/' where provider = 'bison'`;
  expect((await bison("https://acme.bison.test", "11", "--replace")).stdout).toContain("for seven more days");
  expect(await sql`select from integrations.webhook_endpoints where provider = 'bison'`).toHaveLength(1);
});

test("mistakes are told in words", async () => {
  const bolt = ["--provider", "bison", "--client", "Bolt"];
  const cases: [string, string[], string][] = [
    ["tenant_create", [], "Say how the client is called."],
    ["tenant_create", ["--name", "Bolt", "--time-zone", "Mars/Base"], "Unknown time zone. Mars/Base"],
    ["tenant_create", ["--name", "Bolt", "--bison-url", "https://b.test"], "EmailBison needs the instance's URL and"],
    [
      "tenant_create",
      ["--name", "Bolt", "--bison-url", "ftp://b.test", "--bison-workspace", "1"],
      "The instance is a URL",
    ],
    ["connect", [...bolt, "--instance", "b.test", "--workspace", "1"], 'https://dedi.emailbison.com, not "b.test"'],
    ["connect", [...bolt, "--instance", "https:// b", "--workspace", "1"], 'https://dedi.emailbison.com, not "https:'],
    ["connect", [...bolt, "--instance", "https://b.test", "--workspace", " "], "EmailBison needs the instance's URL"],
    ["connect", [...bolt, "--instance", "https://b.test", "--workspace", "1"], "There is no client"],
  ];
  for (const [script, args, message] of cases) {
    const { success, stderr } = await run(script, ...args);
    expect({ success, stderr }).toEqual({ success: false, stderr: expect.stringContaining(message) });
  }
  expect(await sql`select from public."Clients" where "Business" = 'Bolt'`).toHaveLength(0);
});

test.each([
  ["nonsense", "DATABASE_URL is no Postgres URL: write it as postgres://"],
  ["postgres://postgres:wrong@PLACE/postgres", "DATABASE_URL cannot be used (password authentication failed"],
  ["postgres://postgres:postgres@127.0.0.1:1/postgres", "DATABASE_URL cannot be used (connect ECONNREFUSED"],
])("a DATABASE_URL such as %s is said to be wrong, by each command", async (wrong, message) => {
  const env = { DATABASE_URL: wrong.replace("PLACE", new URL(database.url()).host), JOBS_DATABASE_URL: "" };
  for (const [script, ...args] of [["tenant_create", "--name", "Bolt"], ["secrets_rotate"]] as const) {
    const { success, stderr } = await runWith(env, script, ...args);
    expect({ success, stderr }).toEqual({ success: false, stderr: expect.stringContaining(message) });
  }
  const jobs = await runWith({ ...env, JOBS_DATABASE_URL: env.DATABASE_URL }, "worker");
  expect(jobs).toMatchObject({ success: false, stderr: expect.stringContaining(`JOBS_${message}`) });
});

test("two calls for one client at once make it once", async () => {
  const second = database.sql("postgres", { max: 1 });
  const call = (client: typeof sql, token: string) =>
    client`select integrations.provision_tenant('Twins', p_endpoints => ${
      JSON.stringify([{ provider: "calendly", token_hash: createHash("sha256").update(token).digest("hex") }])
    }::text::jsonb) as answer`;
  const answers = await Promise.all([call(sql, "a"), call(second, "b"), call(sql, "c")]);
  expect(answers.map(([row]) => row!.answer.outcome).sort()).toEqual(["created", "kept", "kept"]);
  expect(await sql`select from integrations.webhook_endpoints where client = 'Twins'`).toHaveLength(1);
});
