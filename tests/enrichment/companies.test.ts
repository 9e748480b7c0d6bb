// CompanyEnrich: one company, orders, lost answers, call-backs, bad days; and what each of them costs.

import { afterAll, expect, test } from "vitest";
import { setUp, tearDown } from "./support.ts";

afterAll(tearDown);

const fault = (path: string, answer: () => Response | Promise<Response>, times = 1) => ({ path, answer, times });
const many = ["acme.test", "birch.test", "unknown-one.test"];

test("one company is asked for and taken over; an unknown one costs nothing", async () => {
  await using world = await setUp();
  await world.sql`select * from integrations.request_enrichment(array['acme.test'])`;
  await world.sql`select * from integrations.request_enrichment(array['unknown.test'])`;
  expect(await world.work()).toMatchObject({ completed: 2, failed: 0 });
  expect(await world.runs()).toMatchObject([
    { kind: "company", status: "completed", found: 1, missing: 0, charged_credits: 1 },
    { kind: "company", status: "completed", found: 0, missing: 1, charged_credits: 0 },
  ]);
  expect(await world.credits()).toEqual([{ provider: "companyenrich", reserved: 0, charged: 1 }]);
  expect(world.companyenrich.used).toBe(1);
  const companies = await world.sql`
    select company_domain, company_name, company_location, last_enriched is not null as asked
    from public.master_companies_db order by 1`;
  expect(companies).toEqual([
    {
      company_domain: "acme.test",
      company_name: "Acme",
      company_location: "Columbus, Ohio, United States",
      asked: true,
    },
    { company_domain: "unknown.test", company_name: null, company_location: null, asked: true },
  ]);
});

test("an order is polled until it is done; the charge is what the provider says, once", async () => {
  await using world = await setUp({ looks: 3 });
  await world.sql`select * from integrations.request_enrichment(${many})`;
  for (let i = 0; i < 6; i++) await world.work();
  expect(await world.runs()).toMatchObject([
    { kind: "companies", status: "completed", found: 2, missing: 1, charged_credits: 2, reserved_credits: 0 },
  ]);
  expect(world.companyenrich.orders).toHaveLength(1);
  expect(await world.credits()).toEqual([{ provider: "companyenrich", reserved: 0, charged: 2 }]);
  const [poll] = await world.sql`select count(*)::integer as jobs from outbound.job_queue where status = 'waiting'`;
  expect(poll!.jobs).toBe(0);
});

test("an order whose answer was lost is found again, not made twice", async () => {
  await using world = await setUp();
  world.companyenrich.losses = 1;
  await world.sql`select * from integrations.request_enrichment(${many})`;
  for (let i = 0; i < 4; i++) await world.work();
  expect(world.companyenrich.orders).toHaveLength(1);
  expect(await world.runs()).toMatchObject([{ status: "completed", found: 2, charged_credits: 2 }]);
});

test("an order that never arrived is made with the next attempt", async () => {
  await using world = await setUp();
  world.companyenrich.faults.add(
    fault("/companies/enrich/bulk", () => new Response("upstream connect error", { status: 500 })),
  );
  await world.sql`select * from integrations.request_enrichment(${many})`;
  for (let i = 0; i < 4; i++) await world.work();
  expect(world.companyenrich.orders).toHaveLength(1);
  expect(await world.runs()).toMatchObject([{ status: "completed", found: 2 }]);
});

test("a call-back makes us look at once, and a stranger's changes nothing", async () => {
  await using world = await setUp({ looks: 100 });
  await world.sql`select * from integrations.request_enrichment(${many})`;
  await world.work(0);
  const [order] = world.companyenrich.orders;
  for (const token of ["guess", "a".repeat(43)]) {
    const url = `${world.urls.functions}/functions/v1/enrichment-callback/${token}`;
    const answer = await fetch(url, { method: "POST", body: JSON.stringify({ job_id: order!.job_id }) });
    expect([answer.status, await answer.json()]).toEqual([200, { status: "ok" }]);
  }
  expect(await world.work(0)).toMatchObject({ completed: 0 });

  expect(await world.companyenrich.finish(order!.job_id)).toMatchObject({ called: 200 });
  expect(await world.work(0)).toMatchObject({ completed: 1 });
  expect(await world.runs()).toMatchObject([{ status: "completed", found: 2 }]);
  const get = await fetch(order!.webhook_url!);
  expect([get.status, (await get.json()).error]).toEqual([405, "method_not_allowed"]);
});

test("an order that the provider gives up is a failed run, with what it cost and a notice", async () => {
  await using world = await setUp({ looks: 100 });
  await world.sql`select * from integrations.request_enrichment(${many})`;
  await world.work();
  Object.assign(world.companyenrich.orders[0]!, { failed: "internal error", charged: 1 });
  await world.work();
  expect(await world.runs()).toMatchObject([
    {
      status: "failed",
      problem: "CompanyEnrich's order failed: internal error.",
      charged_credits: 1,
      reserved_credits: 0,
    },
  ]);
  const notices = await world.sql`select kind, text from integrations.notices`;
  expect(notices).toMatchObject([{ kind: "enrichment_failed" }]);
});

test("an order that takes more than a day is given up", async () => {
  await using world = await setUp({ looks: 10_000 });
  await world.sql`select * from integrations.request_enrichment(${many})`;
  await world.work(25 * 60);
  await world.work();
  expect(await world.runs()).toMatchObject([{
    status: "failed",
    problem: "The provider did not finish within a day.",
  }]);
});

test("results are fetched from https or the provider itself, and the key goes nowhere else", async () => {
  await using world = await setUp();
  const asked: Headers[] = [];
  const elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(request.headers);
    return Response.json([]);
  });
  await world.sql`select * from integrations.request_enrichment(${many})`;
  await world.work();
  const order = world.companyenrich.orders[0]!;
  world.companyenrich.faults.add(
    fault(`/companies/enrich/bulk/${order.job_id}`, () =>
      Response.json({
        status: "completed",
        credits_charged: 2,
        results_url: `http://127.0.0.1:${elsewhere.addr.port}/`,
      })),
  );
  await world.work();
  await elsewhere.shutdown();
  expect(asked).toEqual([]);
  expect(await world.runs()).toMatchObject([{
    status: "failed",
    problem: expect.stringContaining("none that may be asked"),
  }]);
});

const days: [string, () => Response | Promise<Response>, string, RegExp | null][] = [
  ["429 with a time", () => Response.json({}, { status: 429, headers: { "retry-after": "7" } }), "asked", null],
  ["429 without", () => Response.json({}, { status: 429 }), "asked", null],
  ["500", () => new Response("oops", { status: 500 }), "asked", null],
  ["what is no JSON", () => new Response("<html>"), "asked", null],
  ["another shape", () => Response.json({ surprise: 1 }), "asked", null],
  ["401", () => Response.json({ detail: "no" }, { status: 401 }), "failed", /Renew the credentials of CompanyEnrich/],
  ["402", () => Response.json({ detail: "no" }, { status: 402 }), "failed", /Top up the account at CompanyEnrich/],
  ["422", () => Response.json({ detail: "bad domain" }, { status: 422 }), "failed", /422: bad domain/],
];
test.each(days)("%s: tried again, or a clear reason and the credits back", async (_, answer, status, problem) => {
  await using world = await setUp();
  world.companyenrich.faults.add(fault("/companies/enrich", answer));
  await world.sql`select * from integrations.request_enrichment(array['acme.test'])`;
  await world.work();
  const [run] = await world.runs();
  expect([run!.status, run!.charged_credits, run!.reserved_credits]).toEqual([status, 0, status === "failed" ? 0 : 1]);
  if (problem) expect(run!.problem).toMatch(problem);
  await world.work();
  expect((await world.runs())[0]!.status).toBe(problem ? "failed" : "completed");
});

test("what is wrong every time fails with the last attempt", async () => {
  await using world = await setUp();
  world.companyenrich.faults.add(fault("/companies/enrich", () => new Response("oops", { status: 500 }), 99));
  await world.sql`select * from integrations.request_enrichment(array['acme.test'])`;
  for (let i = 0; i < 6; i++) await world.work(24 * 60);
  expect(await world.runs()).toMatchObject([{
    status: "failed",
    problem: "CompanyEnrich /companies/enrich answered 500",
  }]);
});

test("without a key the run says so", async () => {
  await using world = await setUp({ withKeys: false });
  await world.sql`select * from integrations.request_enrichment(array['acme.test'])`;
  await world.work();
  expect(await world.runs()).toMatchObject([{ status: "failed", problem: expect.stringContaining("There is no key") }]);
});

test("the account's credits are watched", async () => {
  await using world = await setUp();
  world.companyenrich.used = 900;
  await world.sql`insert into public.master_companies_db (company_domain) values ('acme.test')`;
  const [night] = await world.sql`select private.enrich_nightly() as outcome`;
  expect(night!.outcome).toBe("requested");
  await world.work();
  const [row] = await world.sql`select account_used, account_total, charged from integrations.provider_credits`;
  expect(row).toMatchObject({ account_total: 1000, charged: 1 });
  expect(await world.sql`select kind from integrations.notices`).toEqual([{ kind: "credits_low" }]);
});

test("two requests at once ask for a company once, and never pass the budget", async () => {
  await using world = await setUp();
  await world.sql`update integrations.settings set value = 30 where name = 'companyenrich.monthly_credits'`;
  const domains = Array.from({ length: 20 }, (_, n) => `c${n}.test`);
  const sessions = world.database.sql("postgres", { max: 6 });
  await Promise.all(
    Array.from({ length: 6 }, () => sessions`select * from integrations.request_enrichment(${domains})`),
  );
  await Promise.all(
    Array.from(
      { length: 6 },
      (_, n) => sessions`select * from integrations.request_enrichment(${domains.map((domain) => `${n}${domain}`)})`,
    ),
  );
  const [asked] = await world.sql`
    select count(*)::integer as times, count(distinct domain)::integer as domains
    from integrations.enrichment_runs r, unnest(r.domains) as domain`;
  expect(asked).toEqual({ times: 30, domains: 30 });
  expect(await world.credits()).toEqual([{ provider: "companyenrich", reserved: 30, charged: 0 }]);
});
