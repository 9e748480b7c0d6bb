// The records that MissionInbox names for a domain with mailboxes: from the order to verified DNS, without anybody.

import { expect, test } from "vitest";
import { createWorld, noticesOf, type World } from "../domains/support.ts";
import { submitted } from "./support.ts";

const domain = "try-acme.co";

async function own({ porkbun, sql }: World): Promise<void> {
  porkbun.account.add(domain);
  await sql`insert into public.domains (domain_name, provider, client, status)
    values (${domain}, 'porkbun', 'Acme', 'active')`;
  await sql`select private.request_domain_setup(${domain})`;
}

const order = ({ sql }: World) => submitted(sql, { provider: "missioninbox", domains: [domain] });

const zone = ({ porkbun }: World) =>
  porkbun.account.owned(domain).records
    .filter(({ type }) => ["TXT", "MX"].includes(type))
    .map(({ name, type, content, prio }) => [name, type, prio, content].filter((part) => part !== null).join(" "))
    .sort();

const dkim = (key: string) => `dkim._domainkey.${domain} TXT v=DKIM1; k=rsa; p=${btoa(key)}`;
const wanted = [
  `_dmarc.${domain} TXT v=DMARC1; p=none`,
  dkim(`first key of ${domain}`),
  `${domain} MX 10 mx.missioninbox.test`,
  `${domain} TXT v=spf1 include:spf.missioninbox.test ~all`,
];

const looks = async ({ sql }: World) => (await sql`
  select status::text, last_error from outbound.job_queue where job_type = 'fetch_domain_records' order by turn`);

test("a domain that was bought gets the records of its mailboxes, and is verified", async () => {
  await using world = await createWorld();
  await own(world);
  await world.work();
  // Until then, nobody may send in its name.
  expect(zone(world)).toEqual([`_dmarc.${domain} TXT v=DMARC1; p=reject;`, `${domain} TXT v=spf1 -all`]);
  await order(world);
  await world.work();
  expect(zone(world)).toEqual(wanted);
  const [row] = await world.sql`
    select d.dns_configured, d.dkim_configured, d.health_status, i.status, i.inbox_provider, i.inboxes_ordered
    from public.domains d join public.domain_inventory i using (domain_name)`;
  expect(row).toEqual({
    dns_configured: true,
    dkim_configured: true,
    health_status: "healthy",
    status: "configured",
    inbox_provider: "missioninbox",
    inboxes_ordered: 3,
  });
  expect(world.missioninbox.domains.get(domain)!.looks).toBe(2);
  expect(await noticesOf(world.sql)).toEqual(["mailbox_order_completed"]);
});

test("records that change later are written anew; the same answer touches nothing", async () => {
  await using world = await createWorld();
  await own(world);
  await order(world);
  await world.work();
  const nextDay = async () => {
    await world.pass(90_000);
    await world.sql`select private.run_schedule('ask-domain-records')`;
    await world.work(60);
  };
  world.porkbun.requests.length = 0;
  await nextDay();
  expect(world.porkbun.requests).toEqual([]);
  // What a person sets in between stays as long as the provider says the same.
  await world.sql`select public.set_domain_records(${domain}, ${
    world.sql.json([{ purpose: "dmarc", name: "_dmarc", type: "TXT", content: "v=DMARC1; p=quarantine" }])
  })`;
  await world.work();
  await nextDay();
  expect(zone(world)).toContain(`_dmarc.${domain} TXT v=DMARC1; p=quarantine`);

  world.missioninbox.domains.get(domain)!.dkim = btoa("second key");
  await nextDay();
  await world.work();
  expect(zone(world)).toEqual([wanted[0], dkim("second key"), ...wanted.slice(2)]);
  const [row] = await world.sql`select dns_configured from public.domains`;
  expect(row).toEqual({ dns_configured: true });
});

test("a provider that does not know the domain is asked ever more rarely; then a person is told, once", async () => {
  await using world = await createWorld();
  await own(world);
  const notFound = () => Response.json({ message: "Domain not found", statusCode: 404 }, { status: 404 });
  world.missioninbox.faults.add({ path: `/domains/${domain}`, times: 1_000, answer: notFound });
  await order(world);
  await world.work(100_000);
  const asked = (await looks(world)).length;
  expect(asked).toBeGreaterThan(20);
  expect(asked).toBeLessThan(40);
  await world.pass(90_000);
  await world.sql`select private.run_schedule('ask-domain-records')`;
  await world.work(60);
  expect((await looks(world)).length).toBe(asked + 1);
  const told = await world.sql`select text from integrations.notices where kind = 'domain_records_missing'`;
  expect(told.map(({ text }) => text)).toEqual([
    expect.stringContaining(`does not name the spf, dkim, mx of ${domain}`),
  ]);
  // In the meantime it has what the template knows.
  expect(zone(world)).toEqual([`_dmarc.${domain} TXT v=DMARC1; p=none; rua=mailto:dmarc@${domain}`]);
});

test.each(["429", "429-bare", "500", "no-json", "other-shape"])("an answer of %s is got over", async (answer) => {
  await using world = await createWorld();
  await own(world);
  await world.missioninbox.app.request("/_simulator/faults", {
    method: "POST",
    body: JSON.stringify({ path: `/domains/${domain}`, answer, times: 2 }),
  });
  await order(world);
  await world.work();
  // An answer without records is one that does not know yet.
  expect(zone(world)).toEqual(wanted);
});

test.each([["401", "Renew the credentials"], ["200-error", "Something went wrong"]])(
  "an answer of %s waits for a person, and is asked again the next day",
  async (answer, words) => {
    await using world = await createWorld();
    await own(world);
    await world.missioninbox.app.request("/_simulator/faults", {
      method: "POST",
      body: JSON.stringify({ path: `/domains/${domain}`, answer }),
    });
    await order(world);
    await world.work();
    expect(await looks(world)).toEqual([{ status: "failed", last_error: expect.stringContaining(words) }]);
    world.missioninbox.domains.get(domain)!.looks = 5;
    await world.pass(90_000);
    await world.sql`select private.run_schedule('ask-domain-records')`;
    await world.work();
    expect(zone(world)).toEqual(wanted);
  },
);

test("a worker that dies while it asks loses nothing", async () => {
  await using world = await createWorld();
  await own(world);
  await order(world);
  const { sql } = world;
  // It claimed the job, asked, and died before it could store the answer.
  await sql`select integrations.start_mailbox_submission(id, '1 second') from public.inbox_orders`;
  await sql`select integrations.finish_mailbox_submission(id, 'x', '[]') from public.inbox_orders`;
  await sql`select * from integrations.start_record_look(${domain})`;
  await sql`delete from outbound.job_queue where job_type = 'fetch_domain_records'`;
  world.missioninbox.domains.set(domain, { looks: 5, dkim: btoa(`first key of ${domain}`) });
  await world.pass(90_000);
  await sql`select private.run_schedule('ask-domain-records')`;
  await world.work(600);
  expect(zone(world)).toEqual(wanted);
});

test("the records of a domain that is registered elsewhere are told to a person, once", async () => {
  await using world = await createWorld();
  await order(world);
  await world.work();
  const told = await world.sql<{ text: string; details: { records: unknown[] } }[]>`
    select text, details from integrations.notices where kind = 'domain_records_by_hand'`;
  expect(told).toHaveLength(1);
  expect(told[0]!.details.records).toContainEqual(
    { purpose: "mx", name: "", type: "MX", content: "mx.missioninbox.test", prio: 10 },
  );
  expect(world.porkbun.requests).toEqual([]);
});
