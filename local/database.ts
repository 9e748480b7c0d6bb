// The database of a stack: the embedded server, or the one that DATABASE_URL names; with stand-ins, migrations and, when
// it is new, the seed.

import { migrate, seed, setLocalPasswords, skipSeed } from "./migrate.ts";
import { connect, prepareEmbedded, preparePlatform } from "./platform.ts";
import { password, type Server, startPostgres } from "./postgres.ts";
import type { Report } from "./report.ts";

export interface Database {
  /** As the role that runs the migrations. */
  url: string;
  /** As a role that may write the stand-ins' tables. */
  adminUrl: string;
  urlOf(database: string, username: string): string;
  /** Only when it is embedded. */
  server?: Server;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Another Postgres instead of the embedded one. */
  url?: string;
  folder?: string;
  port?: number;
  seed: boolean;
  report: Report;
}

export async function startDatabase(options: DatabaseOptions): Promise<Database> {
  const database = options.url ? await useExternal(options.url, options.report) : await startEmbedded(options);
  try {
    await prepare(database, options);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function startEmbedded({ folder, port, report }: DatabaseOptions): Promise<Database> {
  const server = await report.step("Postgres 17", async (say) => {
    const server = await startPostgres({ folder, port, note: report.note });
    say(`127.0.0.1:${server.port}, data in ${server.folder}`);
    return server;
  });
  return {
    server,
    url: server.url(),
    adminUrl: server.url("postgres", "supabase_admin"),
    urlOf: server.url,
    stop: server.stop,
  };
}

async function useExternal(url: string, report: Report): Promise<Database> {
  await report.step("Postgres of DATABASE_URL", async (say) => say(await describe(url)));
  const urlOf = (database: string) =>
    Object.assign(new URL(url), { pathname: `/${encodeURIComponent(database)}` }).href;
  return { url, adminUrl: url, urlOf, stop: () => Promise.resolve() };
}

/** What answers there. Throws, in words for people, when nothing does or it lets nobody in. */
export async function describe(url: string, variable = "DATABASE_URL"): Promise<string> {
  let target: URL;
  try {
    target = new URL(url);
    if (!/^postgres(ql)?:$/.test(target.protocol)) throw new Error();
  } catch {
    throw new Error(`${variable} is no Postgres URL: write it as postgres://user:password@host:5432/database.`);
  }
  const sql = connect(url, { connect_timeout: 5 });
  try {
    const [server] = await sql`select split_part(version(), ' ', 2) as version, current_user::text as name`;
    return `${server!.version} on ${target.host} as ${server!.name}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message || String(error) : String(error);
    throw new Error(
      `${variable} cannot be used (${reason}): correct it, or unset it to use the embedded Postgres.`,
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function prepare(database: Database, { seed: wanted, report }: DatabaseOptions): Promise<void> {
  const { server, url } = database;
  await report.step("Supabase stand-ins", () => server ? prepareEmbedded(server) : preparePlatform(url));
  const { wasNew, changed } = await report.step("migrations", async (say) => {
    const done = await migrate(url);
    say(done.applied ? `${done.applied} applied` : "up to date");
    return done;
  });
  if (changed.length) {
    const files = changed.length === 1 ? `${changed[0]} has` : `${changed.length} migration files have`;
    report.note(`${files} changed since this database was made: \`npm run db:reset\` makes it anew`);
  }
  if (isLocal(url)) await setLocalPasswords(url);
  // Nobody wants demo rows in a database that was there before.
  if (!wanted || (!server && !wasNew)) await skipSeed(url);
  else await report.step("demo agency", async (say) => say(await seed(url)));
}

/** Passwords are set for the functions' logins, and demo secrets are used, on this machine only. */
export function isLocal(url: string): boolean {
  return URL.canParse(url) && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/** The URL of one of the functions' logins. */
export function loginUrl(url: string, user: string): string {
  return Object.assign(new URL(url), { username: user, password }).href;
}
