import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { rotateSecrets } from "../../local/rotation.ts";
import { createSecretBox, keyIdOf, type SecretBox } from "../../supabase/functions/_shared/secrets.ts";
import { hold } from "../support/child_worker.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { sealedTexts, secretColumns, setSecrets } from "./rows.ts";

const oldKey = `old:${btoa("an-old-key-of-exactly-32-bytes!!")}`;
const newKey = `new:${btoa("a-new-key-of-exactly-32-bytes!!!")}`;
const oldBox = createSecretBox(oldKey);
const bothBox = createSecretBox(`${newKey},${oldKey}`);
const newBox = createSecretBox(newKey);

let database: TestDatabase;
let sql: ReturnType<TestDatabase["sql"]>;
beforeAll(async () => {
  database = await createDatabase();
  sql = database.sql();
});
beforeEach(async () => {
  for (const { table } of await secretColumns(sql)) await sql`truncate ${sql.unsafe(table)} cascade`;
  await sql`delete from integrations.tenants`;
});
afterAll(() => database.drop());

/** `npm run secrets:rotate` in a process of its own; what it prints goes to `line`. */
function startRotation(keys: string, args: string[], line: (text: string) => void = () => {}) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--config=${root}/deno.json`, `${root}/local/secrets_rotate.ts`, ...args],
    env: { DATABASE_URL: database.url(), MILLRACE_SECRET_KEYS: keys },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) text.split("\n").forEach(line);
  })();
  const stderr = new Response(child.stderr).text();
  const ended = (async () => {
    await stdout;
    const { success, signal } = await child.status;
    return { success, signal, stderr: await stderr };
  })();
  return { kill: () => child.kill("SIGKILL"), ended };
}

async function keysInUse(): Promise<Record<string, number>> {
  const used: Record<string, number> = {};
  for (const sealed of await sealedTexts(sql)) used[keyIdOf(sealed)!] = (used[keyIdOf(sealed)!] ?? 0) + 1;
  return used;
}

/** What every secret opens to; one that does not open throws. */
async function openSecrets(box: SecretBox): Promise<Set<string>> {
  const opened = new Set<string>();
  for (const sealed of await sealedTexts(sql)) opened.add(await box.open(sealed));
  return opened;
}

test("a rotation killed with kill -9 and run again leaves every secret readable with the new key alone", async () => {
  const plain = new Set<string>();
  for (let number = 0; number < 40; number++) {
    for (const secret of await setSecrets(sql, oldBox, `Client ${number}`)) plain.add(secret);
  }
  const total = plain.size;
  expect(await keysInUse()).toEqual({ old: total });

  // Each is held up in a later table, so that it cannot be done before it is killed.
  for (
    const [index, table] of ["calendly_integrations", "integrations.fathom_accounts", "outbound.webhooks"].entries()
  ) {
    const round = index + 1;
    const letGo = await hold(sql, `select from ${table} order by ctid limit 1 for update`);
    let lines = 0;
    const rotation = startRotation(`${newKey},${oldKey}`, ["--batch", "3"], (line) => {
      if (line && ++lines === 8) rotation.kill();
    });
    expect((await rotation.ended).signal).toBe("SIGKILL");
    await letGo();
    const used = await keysInUse();
    // In the middle of it: both keys are in use, and every secret opens.
    expect(used.new).toBeGreaterThanOrEqual(round * 8);
    expect(used.old).toBeGreaterThan(0);
    expect(await openSecrets(bothBox)).toEqual(plain);
  }

  const last = await startRotation(`${newKey},${oldKey}`, []).ended;
  expect(last).toEqual({ success: true, signal: null, stderr: "" });
  expect(await keysInUse()).toEqual({ new: total });
  expect(await openSecrets(newBox)).toEqual(plain);
});

test("a secret that somebody sets meanwhile is not overwritten", async () => {
  for (let number = 0; number < 20; number++) await setSecrets(sql, oldBox, `Client ${number}`);
  const written = new Map<string, string>();
  let wanted = true;
  const writer = (async () => {
    for (let number = 0; wanted; number++) {
      const client = `Client ${number % 20} twin`;
      const secret = `written-${number}`;
      // Functions that do not know the new key yet.
      await sql`
        update public."Clients" set "Api Key - Bison" = ${await oldBox.seal(secret)} where "Business" = ${client}`;
      written.set(client, secret);
    }
  })();
  const options = { sql: database.sql("postgres", { max: 1 }), box: bothBox, batch: 2, say: () => {} };
  while (written.size < 20) await new Promise((resolve) => setTimeout(resolve, 2));
  await rotateSecrets(options);
  wanted = false;
  await writer;
  const { unreadable, left } = await rotateSecrets(options);
  expect({ unreadable, left }).toEqual({ unreadable: [], left: 0 });
  const opened = await openSecrets(newBox);
  for (const secret of written.values()) expect(opened).toContain(secret);
});

test("a key that is missing is named before anything is changed", async () => {
  await setSecrets(sql, oldBox, "Acme");
  const { success, stderr } = await startRotation(newKey, []).ended;
  expect(success).toBe(false);
  expect(stderr).toContain('lacks a key, so nothing was changed: 1 of "Clients"."Api Key - Bison" want the key "old"');
  expect(Object.keys(await keysInUse())).toEqual(["old"]);
});

test("a secret that does not open is named, and the others are sealed anew", async () => {
  const plain = await setSecrets(sql, oldBox, "Acme");
  const wrong = createSecretBox(`old:${btoa("another-key-under-the-same-name!")}`);
  await sql`update calendly_integrations set access_token = ${await wrong.seal("lost")}`;
  const { success, stderr } = await startRotation(`${newKey},${oldKey}`, []).ended;
  expect(success).toBe(false);
  expect(stderr).toContain("calendly_integrations.access_token: row (0,");
  expect(stderr).toContain("1 secrets do not open: set them again.");
  expect(stderr).not.toContain("lost");
  expect(await keysInUse()).toEqual({ new: plain.length - 1, old: 1 });
});

test("a key that was replaced under its old name is found, although nothing is to be sealed anew", async () => {
  const plain = await setSecrets(sql, oldBox, "Acme");
  const { success, stderr } = await startRotation(`old:${btoa("another-key-under-the-same-name!")}`, ["--batch", "2"])
    .ended;
  expect(success).toBe(false);
  expect(stderr).toContain(`${plain.length} secrets do not open: set them again. If a key was replaced`);
  expect(await openSecrets(oldBox)).toEqual(new Set(plain));
});
