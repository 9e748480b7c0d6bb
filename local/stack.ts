// The whole stack: database, functions gateway, scheduler, provider simulators. `npm start` runs one; tests and the demo
// may run their own on other ports with a folder of their own.

import { type Database, isLocal, loginUrl, startDatabase } from "./database.ts";
import { developmentJwtSecret } from "./demo_access.ts";
import { stateFolder } from "./paths.ts";
import { freePort } from "./ports.ts";
import { connect } from "./platform.ts";
import { startPostgres } from "./postgres.ts";
import { type Service, startService } from "./process.ts";
import { providerUrls } from "../simulators/providers.ts";
import type { Report } from "./report.ts";
import { startScheduler } from "./scheduler.ts";

export interface StackOptions {
  /** DATABASE_URL, for another Postgres than the embedded one. */
  databaseUrl?: string;
  /** Data folder of the embedded one; `.millrace/data` unless told. */
  folder?: string;
  /** First ports to try; 0 for any. */
  apiPort?: number;
  databasePort?: number;
  simulatorPort?: number;
  seed?: boolean;
  simulators?: boolean;
  report: Report;
  /** Gets a line for every event. */
  line?: (line: string) => void;
}

/** Where a stack answers; also the content of the state folder's stack.json while one runs there. */
export interface StackUrls {
  pid: number;
  functions: string;
  database: string;
  /** The simulated providers, each below its name. */
  simulators?: string;
}

export interface Stack {
  urls: StackUrls;
  stop(): Promise<void>;
}

/** Seals the demo's signing secrets. A deployment has its own; this one is in the source for everybody to read. */
export const developmentKeys = "dev:bWlsbHJhY2UtZGV2ZWxvcG1lbnQta2V5LTMyYnl0ZSE=";

/** What the database shows to functions/jobs. */
const jobsSecret = Deno.env.get("JOBS_SECRET") || crypto.randomUUID();

type Line = (line: string) => void;

export async function startStack(options: StackOptions): Promise<Stack> {
  const { report, line = () => {} } = options;
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  };
  try {
    const database = await startDatabase({
      url: options.databaseUrl,
      folder: options.folder,
      port: options.databasePort,
      seed: options.seed ?? true,
      report,
    });
    started.push(keepRunning(database, line));
    const ports = choosePorts(options);
    const functions = `http://127.0.0.1:${ports.functions}/functions/v1`;
    const urls: StackUrls = { pid: Deno.pid, functions, database: database.url };
    // Who calls stops before who is called.
    if (ports.simulators) {
      const simulators = await startSimulators(functions, ports.simulators, options, line);
      started.push(simulators);
      urls.simulators = simulators.ready.url;
    }
    started.push(await startGateway(database.url, ports, options, line));
    await nameJobsFunction(database.url, functions);
    const { adminUrl, urlOf } = database;
    started.push(await report.step("scheduler", () => startScheduler({ url: adminUrl, urlOf, say: line })));
    return { urls, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An embedded server that ends by itself is started again, on the same port. */
function keepRunning(database: Database, line: Line): { stop(): Promise<void> } {
  let { server } = database;
  let stopping = false;
  const keep = async () => {
    while (server) {
      await server.gone;
      if (stopping) return;
      line("Postgres ended by itself: starting it again");
      server = await startPostgres({ folder: server.folder, port: server.port, samePort: true, note: line });
      if (stopping) await server.stop();
    }
  };
  const keeping = keep().catch((error) => line(String(error)));
  return {
    stop: async () => {
      stopping = true;
      await (server ?? database).stop();
      if (server) await keeping;
    },
  };
}

interface Ports {
  functions: number;
  simulators?: number;
}

/** Known before either starts: the functions call the simulators, and these the functions. */
function choosePorts({ apiPort = 54321, simulators = true, simulatorPort = 54400, report }: StackOptions): Ports {
  const functions = freePort(apiPort);
  if (apiPort && functions !== apiPort) report.note(`Port ${apiPort} is taken: the functions answer on ${functions}`);
  return { functions, simulators: simulators ? freePort(simulatorPort, functions) : undefined };
}

function startGateway(
  databaseUrl: string,
  ports: Ports,
  { report }: StackOptions,
  line: Line,
): Promise<Service> {
  return report.step("functions", async (say) => {
    const gateway = await startService({
      script: "local/gateway.ts",
      env: {
        GATEWAY_PORT: `${ports.functions}`,
        LOG_LEVEL: Deno.env.get("LOG_LEVEL") || "error",
        FUNCTIONS_URL: Deno.env.get("FUNCTIONS_URL") || `http://127.0.0.1:${ports.functions}/functions/v1`,
        ...functionEnv(databaseUrl),
        ...(ports.simulators ? { PROVIDER_URLS: providersAt(ports.simulators) } : {}),
      },
      line,
      restarted: () => line("The functions' process ended by itself: starting it again"),
    });
    say(gateway.ready.url!);
    return gateway;
  });
}

const providersAt = (port: number) =>
  Deno.env.get("PROVIDER_URLS") || JSON.stringify(providerUrls(`http://127.0.0.1:${port}`));

function startSimulators(
  functions: string,
  simulatorPort: number,
  { report }: StackOptions,
  line: Line,
): Promise<Service> {
  return report.step("provider simulators", async (say) => {
    const simulators = await startService({
      script: "simulators/main.ts",
      env: { SIMULATOR_PORT: `${simulatorPort}`, FUNCTIONS_URL: functions },
      line,
      restarted: () => line("The simulators' process ended by itself: starting it again"),
    });
    say(simulators.ready.url!);
    return simulators;
  });
}

/** What the functions read from their environment; what is set already wins. */
function functionEnv(url: string): Record<string, string> {
  // A line of .env without a value sets nothing.
  const given = (name: string) => Deno.env.get(name) || undefined;
  const missing = ["WEBHOOK_DATABASE_URL", "API_DATABASE_URL", "JOBS_DATABASE_URL", "MILLRACE_SECRET_KEYS"]
    .filter((name) => !given(name));
  if (missing.length && !isLocal(url)) {
    throw new Error(`DATABASE_URL is not on this machine, so set ${missing.join(" and ")} as well (see .env.example).`);
  }
  return {
    WEBHOOK_DATABASE_URL: given("WEBHOOK_DATABASE_URL") ?? loginUrl(url, "webhook_receiver"),
    API_DATABASE_URL: given("API_DATABASE_URL") ?? loginUrl(url, "api_gateway"),
    JOBS_DATABASE_URL: given("JOBS_DATABASE_URL") ?? loginUrl(url, "job_worker"),
    JOBS_SECRET: jobsSecret,
    MILLRACE_SECRET_KEYS: given("MILLRACE_SECRET_KEYS") ?? developmentKeys,
    API_JWT_SECRET: jwtSecret(url) ?? "",
    CALENDLY_CLIENT_ID: given("CALENDLY_CLIENT_ID") ?? (isLocal(url) ? "demo-client" : ""),
    CALENDLY_CLIENT_SECRET: given("CALENDLY_CLIENT_SECRET") ?? (isLocal(url) ? "demo-secret" : ""),
    // An endpoint to try webhooks with is on this machine.
    ALLOW_PRIVATE_TARGETS: given("ALLOW_PRIVATE_TARGETS") ?? `${isLocal(url)}`,
  };
}

/** Signs access tokens. Everybody knows the development one, so it counts for a database on this machine only. */
export function jwtSecret(databaseUrl: string): string | undefined {
  const given = Deno.env.get("API_JWT_SECRET") || Deno.env.get("SUPABASE_JWT_SECRET");
  return given || (isLocal(databaseUrl) ? developmentJwtSecret : undefined);
}

/** Says in the vault where the database finds functions/jobs. One elsewhere has been told by its operator. */
async function nameJobsFunction(databaseUrl: string, functions: string): Promise<void> {
  if (!isLocal(databaseUrl)) return;
  const sql = connect(databaseUrl);
  try {
    for (const [name, secret] of Object.entries({ jobs_url: `${functions}/jobs`, jobs_secret: jobsSecret })) {
      const [known] = await sql<{ id: string }[]>`select id from vault.secrets where name = ${name}`;
      if (known) await sql`select vault.update_secret(${known.id}, ${secret})`;
      else await sql`select vault.create_secret(${secret}, ${name})`;
    }
  } finally {
    await sql.end();
  }
}

/**
 * Lets others on this machine find the running stack; the returned function takes it back. A second stack of this clone, which
 * is on another database, stays unknown.
 */
export async function announce(urls: StackUrls, folder = stateFolder()): Promise<() => Promise<void>> {
  const lock = await Deno.open(`${folder}/stack.lock`, { create: true, read: true, write: true });
  // Who looks whether there is a stack holds it for a moment.
  for (let tries = 0; !await lock.tryLock(true); tries++) {
    if (tries === 20) {
      lock.close();
      return async () => {};
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Deno.writeTextFile(`${folder}/stack.json`, JSON.stringify(urls, null, 2));
  return async () => {
    await Deno.remove(`${folder}/stack.json`).catch(() => {});
    lock.close();
  };
}

/** The kernel drops the lock with its process: what a kill -9 left behind names ports that may be another clone's now. */
async function isAnnounced(folder: string): Promise<boolean> {
  using lock = await Deno.open(`${folder}/stack.lock`);
  return !await lock.tryLock();
}

/** The stack that `npm start` runs on this clone, if it answers. */
export async function runningStack(at?: string): Promise<StackUrls | undefined> {
  try {
    const folder = at ?? stateFolder();
    if (!await isAnnounced(folder)) return undefined;
    const urls: StackUrls = JSON.parse(await Deno.readTextFile(`${folder}/stack.json`));
    const response = await fetch(`${urls.functions}/health`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok ? urls : undefined;
  } catch {
    return undefined;
  }
}
