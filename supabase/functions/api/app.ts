import { OpenAPIHono } from "@hono/zod-openapi";
import { cors } from "hono/cors";
import type { Hono } from "hono";
import { readBody } from "../_shared/body.ts";
import { describe } from "../_shared/errors.ts";
import { createRouter, type Env, requestId } from "../_shared/http.ts";
import type { ApiEnv } from "./core/answers.ts";
import { createCallers } from "./core/callers.ts";
import { addReference } from "./core/reference.ts";
import { invalidRequest, notFound, problemResponse, toProblem } from "./core/problems.ts";
import { addReport } from "./core/reports.ts";
import { addResource, type Api } from "./core/routes.ts";
import { createSessions, sessionOptionsFromEnv, type Sessions } from "./core/sessions.ts";
import { createVerifier, remoteKeys, type VerifyToken } from "./core/tokens.ts";
import { reports, resources } from "./registry.ts";
import { integerEnv, requiredEnv } from "../_shared/env.ts";
import { createLog, levelOf, type Log } from "../_shared/log.ts";
import { createSecretBox, type SecretBox } from "../_shared/secrets.ts";

/** What the API needs from outside. */
export interface ApiDeps {
  sessions: Sessions;
  secrets: Pick<SecretBox, "seal">;
  verifyToken: VerifyToken;
  /** Requests a minute of one caller, unless an API key has its own rate. */
  perMinute: number;
  log: Log;
}

/** The dependencies of a deployed function, from its environment; .env.example says what it holds. */
export function apiDeps(): ApiDeps {
  const env = (name: string) => Deno.env.get(name) || undefined;
  const project = env("SUPABASE_URL");
  const jwks = env("API_JWKS_URL") ?? (project && `${project}/auth/v1/.well-known/jwks.json`);
  return {
    sessions: createSessions(requiredEnv("API_DATABASE_URL"), sessionOptionsFromEnv()),
    secrets: createSecretBox(requiredEnv("MILLRACE_SECRET_KEYS")),
    verifyToken: createVerifier({
      secret: env("API_JWT_SECRET") ?? env("SUPABASE_JWT_SECRET"),
      jwks: jwks ? remoteKeys(jwks) : undefined,
    }),
    perMinute: integerEnv("API_REQUESTS_PER_MINUTE", 600),
    log: createLog(levelOf(env("LOG_LEVEL"))),
  };
}

/** `/api/v1/...`, `/api/openapi.json`, `/api/docs`. */
export function createApp(deps: ApiDeps): Hono<Env> {
  const app = createRouter("api", deps.log);
  app.onError((thrown, c) => {
    const error = toProblem(thrown);
    const { status, code, options } = error;
    const cause = status < 500 ? {} : { cause: describe(options.cause ?? thrown) };
    const level = status < 500 ? "info" : "error";
    deps.log[level]("refused", { function: "api", request_id: requestId(c), status, code, ...cause });
    return problemResponse(c, error);
  });
  app.notFound((c) => problemResponse(c, notFound()));
  app.use(cors({ origin: "*", exposeHeaders: ["ETag", "Location", "Retry-After", "RateLimit", "X-Request-Id"] }));
  app.use(async (c, next) => {
    await next();
    c.res.headers.set("X-Request-Id", requestId(c));
  });
  const api = createApi(deps);
  addReference(api);
  return app.route("/", api as unknown as Hono<Env>);
}

/** The routes of all resources. */
export function createApi({ sessions, secrets, verifyToken, perMinute }: ApiDeps): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error as never);
    },
  });
  const findCaller = createCallers({ sessions, verifyToken, perMinute });
  api.use("/v1/*", async (c, next) => {
    const body = await readBody(c.req.raw);
    c.set("body", body);
    if (body.byteLength > 0) c.req.raw = new Request(c.req.raw, { body: body as BodyInit });
    c.set("caller", await findCaller(c.req.raw.headers));
    await next();
  });
  for (const resource of resources) addResource(api, { sessions, secrets }, resource);
  for (const report of reports) addReport(api, { sessions, secrets }, report);
  return api;
}
