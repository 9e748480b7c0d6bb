// Serves every supabase/functions/<name>/index.ts under /functions/v1/<name>, in one process, as the edge runtime would.
// Its first line of output is JSON, {"url"}; then one readable line an event. Environment: GATEWAY_PORT and the
// functions' own. Ends on SIGTERM, SIGINT and when its parent is gone, after the requests in flight.

import { root } from "./paths.ts";
import { createTicker } from "./ticker.ts";

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

const prefix = "/functions/v1/";
const ticker = createTicker((line) => console.log(line));
const names = functionNames();
const loaded = new Map<string, Promise<Handler>>();

const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("GATEWAY_PORT") ?? 54321), onListen: () => {} },
  serve,
);
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.addr.port}${prefix.slice(0, -1)}` }));

function functionNames(): string[] {
  return [...Deno.readDirSync(`${root}/supabase/functions`)]
    .filter(({ name, isDirectory }) => isDirectory && !name.startsWith("_"))
    .map(({ name }) => name).sort();
}

/** Each function starts when it is first called, as at Supabase. */
function handlerOf(name: string): Promise<Handler> {
  const handler = loaded.get(name) ?? load(name);
  loaded.set(name, handler);
  return handler;
}

/** A function whose module does not load answers 503; the others are not in its way. */
async function load(name: string): Promise<Handler> {
  try {
    return (await import(new URL(`../supabase/functions/${name}/index.ts`, import.meta.url).href)).default.fetch;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.log(`function ${name} does not load: ${message}`);
    return () => refuse(503, "not_loaded", `The function ${name} does not load; see the gateway's output.`);
  }
}

async function serve(request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
  const started = performance.now();
  const name = functionName(request.url);
  const response = await call(name, request, info);
  ticker.tick(async (copy) => {
    const time = `${Math.round(performance.now() - started)} ms`.padStart(8);
    const remark = copy ? await outcomeOf(copy) : "";
    return `${request.method.padEnd(4)} ${name.padEnd(18)} ${response.status} ${time}  ${remark}`;
  }, response);
  return response;
}

function functionName(url: string): string {
  const path = url.slice(url.indexOf("/", 8));
  return path.startsWith(prefix) ? path.slice(prefix.length).split(/[/?#]/, 1)[0]! : "";
}

async function call(name: string, request: Request, info: Deno.ServeHandlerInfo): Promise<Response> {
  if (!names.includes(name)) {
    return refuse(404, "not_found", `There is no function here. There are: ${names.join(", ")}.`);
  }
  try {
    return await (await handlerOf(name))(request, info);
  } catch (error) {
    console.error(error);
    return refuse(500, "internal_error", "Something is wrong on our side.");
  }
}

function refuse(status: number, error: string, message: string): Response {
  return Response.json({ error, message, request_id: crypto.randomUUID() }, { status });
}

/** What a function says of an event: `outcome` of a stored one, `error` of a refused one. */
async function outcomeOf(response: Response): Promise<string> {
  try {
    const { outcome, error, event_id } = await response.json();
    return [outcome ?? error ?? "", event_id ? `event ${event_id}` : ""].filter(Boolean).join(", ");
  } catch {
    return "";
  }
}

// What does not load is said before somebody calls it.
setTimeout(() => names.forEach(handlerOf), 1_000);

// A parent that was killed cannot say goodbye.
const parent = Number(Deno.env.get("PARENT_PID") ?? Deno.ppid);
setInterval(() => Deno.ppid !== parent && stop(), 500);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => Deno.exit(0), 5_000);
  await server.shutdown();
  Deno.exit(0);
}
Deno.addSignalListener("SIGINT", stop);
if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
