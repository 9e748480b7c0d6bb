// What can be made to happen in the simulated Porkbun account, over HTTP:
//   POST /_simulator/price {"tld": "co", "registration": "13.00"}
//   POST /_simulator/lose {"path": "/domain/create"}     (the next such call takes effect, its answer does not arrive)
import type { Hono } from "hono";
import { z } from "zod";
import { type Action, action as anyAction, createControlApp } from "../control.ts";
import type { Account, PorkbunEvent } from "./account.ts";
import type { PorkbunSimulator } from "./simulator.ts";

const Domain = z.object({ domain: z.string().toLowerCase() });
const badGateway = () => new Response("<html>502 Bad Gateway</html>", { status: 502 });
const money = z.string().regex(/^\d+\.\d\d$/);

export function createPorkbunControl(porkbun: PorkbunSimulator): Hono {
  const { account } = porkbun;
  type Run = Action<Account, PorkbunEvent>;
  /** Runs it and answers the events that it raised. */
  function action<S extends z.ZodType>(schema: S, run: (input: z.infer<S>) => unknown): Run {
    return anyAction(schema, (_: Account, input: z.infer<S>) => {
      const before = account.events.length;
      run(input);
      return { events: account.events.slice(before) };
    });
  }
  const error = (status: number, body: object, headers = {}) => () => Response.json(body, { status, headers });
  const limit = { status: "ERROR", code: "RATE_LIMIT_EXCEEDED", message: "Too many requests.", ttlRemaining: 7 };

  return createControlApp<Account, PorkbunEvent>({
    simulator: porkbun,
    scopeOf: () => account,
    actions: {
      price: action(z.object({ tld: z.string(), registration: money, renewal: money.optional() }), (price) => {
        const { tld, registration, renewal = registration } = price;
        account.prices[tld] = { registration, renewal };
      }),
      credit: action(z.object({ cents: z.int().min(0) }), ({ cents }) => account.cents = cents),
      "take-away": action(Domain, ({ domain }) => account.taken.add(domain)),
      add: action(Domain, ({ domain }) => account.add(domain)),
      remove: action(Domain, ({ domain }) => account.domains.delete(domain)),
      renew: action(Domain, ({ domain }) => account.renew(domain)),
      expiring: action(Domain.extend({ on: z.coerce.date() }), ({ domain, on }) => account.tellExpiry(domain, on)),
      "transfer-in": action(Domain, ({ domain }) => account.transferIn(domain)),
      "add-record": action(
        Domain.extend({
          name: z.string().default(""),
          type: z.string(),
          content: z.string(),
          ttl: z.int().default(600),
          prio: z.int().nullable().default(null),
        }),
        ({ domain, ...record }) => account.addRecord(domain, record),
      ),
      test: action(z.object({}), () => account.test()),
      lose: action(
        z.object({ path: z.string(), times: z.int().default(1) }),
        ({ path, times }) => porkbun.losses.add({ path, times, answer: badGateway }),
      ),
    },
    faults: {
      "401": error(401, { status: "ERROR", code: "INVALID_API_KEYS_001", message: "Invalid API key." }),
      "429": error(429, limit, { "x-ratelimit-reset": "7" }),
      "429-bare": () => new Response("Too Many Requests", { status: 429 }),
      "200-limit": error(200, limit),
      "200-error": error(200, { status: "ERROR", code: "SOMETHING", message: "It cannot be done." }),
      "500": error(500, { status: "ERROR", message: "Internal error." }),
      html: () => new Response("<html>", { status: 200 }),
    },
    nameOf: ({ event }) => event,
    state: () => ({ cents: account.cents, charges: account.charges, domains: [...account.domains.values()] }),
  });
}
