// Makes a plain Postgres look like a Supabase one: roles, `auth`, default privileges and the extensions that Supabase
// has. On a real Supabase nothing is done.

import postgres from "postgres";
import { prompt } from "../supabase/functions/_shared/driver.ts";
import { root } from "./paths.ts";
import { password, type Server } from "./postgres.ts";

/** The stand-ins' main objects and schemas, for a server whose extension folder is not ours. */
const plain = {
  supabase_vault: { schema: "vault", table: "vault.secrets" },
  pg_cron: { schema: "pg_catalog", table: "cron.job" },
  pg_net: { schema: "pg_catalog", table: "net.http_request_queue" },
  http: { schema: "http", table: "http.http_request" },
};

/** A database of the embedded server, which `postgres` owns as on Supabase. */
export async function prepareEmbedded(server: Server, database = "postgres"): Promise<void> {
  const url = server.url(database, "supabase_admin");
  await preparePlatform(url);
  const sql = connect(url);
  await sql.unsafe(`
    alter role postgres password '${password}';
    alter role authenticator password '${password}';
    alter database ${database} owner to postgres;
  `).simple();
  await sql.end();
}

/** `url` is the superuser's for the embedded server, and the user's own DATABASE_URL otherwise. */
export async function preparePlatform(url: string): Promise<void> {
  const sql = connect(url);
  try {
    const [is] = await sql`
      select
        coalesce(bool_or(rolname = 'supabase_admin' and shobj_description(oid, 'pg_authid') is distinct from
          'Millrace stand-in'), false) as supabase,
        bool_or(rolname = current_user and rolsuper) as superuser,
        bool_or(rolname = 'anon') as prepared,
        current_setting('server_version_num')::integer as version,
        current_user::text as name
      from pg_roles`;
    if (is!.version < 150000) throw new Error("Millrace needs Postgres 15 or newer.");
    if (is!.supabase && !is!.superuser) return;
    if (!is!.superuser && is!.prepared) return;
    if (!is!.superuser) {
      throw new Error(
        `The database has no Supabase roles, and ${is!.name} may not create them: connect once as a superuser.`,
      );
    }
    await apply(sql);
  } finally {
    await sql.end();
  }
}

async function apply(sql: postgres.Sql): Promise<void> {
  const read = (name: string) => Deno.readTextFile(`${root}/local/platform/${name}`);
  // Roles belong to the whole cluster: two databases being prepared at once must take turns.
  await sql.unsafe(`begin; select pg_advisory_xact_lock(5432017); ${await read("roles.sql")}; commit`).simple();
  await sql.unsafe(await read("database.sql")).simple();
  for (const [name, { schema, table }] of Object.entries(plain)) {
    const [found] = await sql`
      select from pg_available_extensions
      where to_regclass(${table}) is not null
        or (
          name = ${name}
          -- Debian's pg_cron can only be created in the one database that the server was started to run it for.
          and (
            name <> 'pg_cron' or comment like 'Stand-in for%'
            or current_setting('cron.database_name', true) = current_database()
          )
        )
      limit 1`;
    if (!found) await loadAsPlainSql(sql, name, schema);
  }
}

/** The server has no files for this extension, so its script is run as it is; the migrations create what there is. */
async function loadAsPlainSql(sql: postgres.Sql, name: string, schema: string): Promise<void> {
  const text = (await script(name))
    .replaceAll("@extschema@", schema)
    .replaceAll("@http_program@", "")
    .replace(/^select pg_catalog\.pg_extension_config_dump.*$/gm, "");
  await sql.begin(async (sql) => {
    if (schema !== "pg_catalog") await sql.unsafe(`create schema if not exists ${schema}`);
    await sql.unsafe(text).simple();
  });
}

async function script(name: string): Promise<string> {
  const folder = `${root}/local/platform/extensions`;
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.startsWith(`${name}--`)) return await Deno.readTextFile(`${folder}/${entry.name}`);
  }
  throw new Error(`${folder} has no script for ${name}.`);
}

export function connect(url: string, options: postgres.Options<Record<string, never>> = {}): postgres.Sql {
  return postgres(url, { ...prompt as object, max: 1, onnotice: () => {}, ...options });
}
