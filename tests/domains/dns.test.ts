// Name servers and records at the registrar, what resolvers see of them, and what is not ours.

import { expect, test } from "vitest";
import type { World } from "./support.ts";
import { createWorld, noticesOf } from "./support.ts";

const domain = "try-acme.co";
const exact = [
  { purpose: "spf", name: "", type: "TXT", content: "v=spf1 include:mail.test ~all" },
  { purpose: "mx", name: "", type: "MX", content: "mx.mail.test", prio: 10 },
  { purpose: "dkim", name: "k1._domainkey", type: "TXT", content: `v=DKIM1; k=rsa; p=${"A".repeat(390)}` },
];

async function own(world: World, inboxProvider = "missioninbox"): Promise<void> {
  world.porkbun.account.add(domain);
  await world.sql`insert into public.domains (domain_name, provider, client, status)
    values (${domain}, 'porkbun', 'Acme', 'active')`;
  await world.sql`update public.domain_inventory set inbox_provider = ${inboxProvider}`;
}

const setRecords = ({ sql }: World, records: object[]) =>
  sql`select public.set_domain_records(${domain}, ${sql.json(records as never)})`;

const zone = ({ porkbun }: World) =>
  porkbun.account.owned(domain).records
    .map(({ name, type, content, prio }) => `${name} ${type} ${prio ?? ""} ${content}`.replace(/A{390}/, "A..."))
    .sort();

const parked = ["*.try-acme.co CNAME  pixie.porkbun.com", "try-acme.co ALIAS  pixie.porkbun.com"];
const dmarc = "_dmarc.try-acme.co TXT  v=DMARC1; p=none; rua=mailto:dmarc@try-acme.co";

async function flags({ sql }: World) {
  const [row] = await sql`
    select dns_configured, spf_configured, dkim_configured, dmarc_configured, mx_configured, name_servers_configured
    from public.domains`;
  return Object.entries(row!).filter(([, is]) => is).map(([name]) => name.replace("_configured", ""));
}

test("a domain gets its template's records and its provider's exact ones, and is verified", async () => {
  await using world = await createWorld();
  world.dns.propagationSeconds = 900;
  await own(world);
  world.porkbun.account.owned(domain).ns = ["ns1.elsewhere.test"];
  await setRecords(world, exact);
  await world.work(300);
  expect(zone(world)).toEqual([
    ...parked.slice(0, 1),
    dmarc,
    "k1._domainkey.try-acme.co TXT  v=DKIM1; k=rsa; p=A...",
    parked[1],
    "try-acme.co MX 10 mx.mail.test",
    "try-acme.co TXT  v=spf1 include:mail.test ~all",
  ]);
  expect(world.porkbun.account.owned(domain).ns).toHaveLength(4);
  expect(await flags(world)).toEqual(["name_servers"]);
  await world.work();
  expect(await flags(world)).toEqual(["dns", "spf", "dkim", "dmarc", "mx", "name_servers"]);
  const [row] = await world.sql`select i.status, d.health_status from public.domain_inventory i
    join public.domains d using (domain_name)`;
  expect(row).toEqual({ status: "configured", health_status: "healthy" });
  expect(await noticesOf(world.sql)).toEqual([]);
});

test("records that are not ours stay, also beside ours of the same name and type", async () => {
  await using world = await createWorld();
  await own(world);
  const { account } = world.porkbun;
  account.addRecord(domain, { name: "", type: "TXT", content: "google-site-verification=x", ttl: 600, prio: null });
  account.addRecord(domain, { name: "", type: "A", content: "192.0.2.1", ttl: 600, prio: null });
  await setRecords(world, exact);
  await world.work();
  // Another provider: the old records of ours go, the others stay.
  await setRecords(world, [
    { ...exact[0], content: "v=spf1 include:other.test ~all" },
    { ...exact[1], prio: 20 },
    exact[2]!,
  ]);
  await world.work();
  expect(zone(world)).toEqual([
    ...parked.slice(0, 1),
    dmarc,
    "k1._domainkey.try-acme.co TXT  v=DKIM1; k=rsa; p=A...",
    "try-acme.co A  192.0.2.1",
    parked[1],
    "try-acme.co MX 20 mx.mail.test",
    "try-acme.co TXT  google-site-verification=x",
    "try-acme.co TXT  v=spf1 include:other.test ~all",
  ]);
  expect(world.porkbun.requests.filter((path) => path.includes("ByNameType"))).toEqual([]);
  expect(await flags(world)).toContain("dns");
});

test("another policy in the way is left alone, and a person is told once", async () => {
  await using world = await createWorld();
  await own(world);
  const { account } = world.porkbun;
  const other = account.addRecord(domain, { name: "", type: "TXT", content: "v=spf1 mx -all", ttl: 600, prio: null });
  account.addRecord(domain, { name: "", type: "MX", content: "mx.theirs.test", ttl: 600, prio: 5 });
  await setRecords(world, exact);
  await world.work(600);
  await world.sql`select private.request_domain_setup(${domain})`;
  await world.work(600);
  expect(zone(world)).toContain("try-acme.co TXT  v=spf1 mx -all");
  expect(zone(world)).not.toContain("try-acme.co TXT  v=spf1 include:mail.test ~all");
  expect(await noticesOf(world.sql)).toEqual(["domain_dns_conflict", "domain_dns_conflict"]);
  expect(await flags(world)).not.toContain("spf");

  account.deleteRecord(domain, other.id);
  account.owned(domain).records = account.owned(domain).records.filter(({ content }) => content !== "mx.theirs.test");
  await world.sql`select private.request_domain_setup(${domain})`;
  await world.work();
  expect(await flags(world)).toContain("dns");
});

test("a record of ours that a person changed is theirs from then on", async () => {
  await using world = await createWorld();
  await own(world, "none");
  await world.sql`select private.request_domain_setup(${domain})`;
  await world.work();
  const { account } = world.porkbun;
  const spf = account.owned(domain).records.find(({ content }) => content.startsWith("v=spf1"))!;
  account.editRecord(domain, spf.id, { name: "", type: "TXT", content: "v=spf1 mx -all", ttl: 600, prio: null });
  await setRecords(world, exact.slice(0, 1));
  await world.work(600);
  expect(zone(world)).toContain("try-acme.co TXT  v=spf1 mx -all");
  expect(await noticesOf(world.sql)).toContain("domain_dns_conflict");
});

test("records that never propagate are looked at ever more rarely, and a person is told once", async () => {
  await using world = await createWorld();
  world.dns.propagationSeconds = 1e9;
  await own(world, "none");
  await world.sql`select private.request_domain_setup(${domain})`;
  await world.work(200_000);
  const [row] = await world.sql`select failed_dns_checks, health_status, health_reasons from public.domains`;
  expect(row!.failed_dns_checks).toBeGreaterThan(40);
  expect(row!.failed_dns_checks).toBeLessThan(70);
  expect(row).toMatchObject({ health_status: "warning", health_reasons: ["never verified"] });
  expect(await noticesOf(world.sql)).toEqual(["domain_dns_unverified"]);
});

test("a record that vanishes makes the domain a warning, then critical, then healthy again", async () => {
  await using world = await createWorld();
  await own(world, "none");
  const { sql, porkbun } = world;
  await sql`select private.request_domain_setup(${domain})`;
  await world.work();
  const records = porkbun.account.owned(domain).records;
  const health = async () => (await sql`select health_status, health_reasons from public.domains`)[0];
  expect(await health()).toEqual({ health_status: "healthy", health_reasons: [] });

  porkbun.account.owned(domain).records = records.filter(({ type }) => type !== "TXT");
  await world.pass(200_000);
  const look = async () => {
    await sql`select private.enqueue_dns_look(${domain}, interval '0')`;
    await world.work(1);
  };
  await look();
  expect(await health()).toEqual({ health_status: "warning", health_reasons: ["records missing"] });
  await look();
  await look();
  expect(await health()).toEqual({ health_status: "critical", health_reasons: ["records missing"] });
  expect(await noticesOf(sql)).toEqual(["domain_unhealthy"]);
  const [inventory] = await sql`select status, dns_configured from public.domain_inventory`;
  expect(inventory).toEqual({ status: "purchased", dns_configured: false });
  porkbun.account.owned(domain).records = records;
  await look();
  expect(await health()).toEqual({ health_status: "healthy", health_reasons: [] });
});

test.each([
  ["servfail", () => Response.json({ Status: 2 })],
  ["500", () => new Response("", { status: 500 })],
  ["429", () => new Response("", { status: 429 })],
])("a resolver that does not know (%s) says nothing about the domain", async (_, answer) => {
  await using world = await createWorld();
  await own(world, "none");
  await world.sql`select private.request_domain_setup(${domain})`;
  await world.work();
  world.dns.faults.add({ path: "/dns-query", times: 3, answer });
  await world.sql`select private.enqueue_dns_look(${domain}, interval '0')`;
  await world.work();
  const [row] = await world.sql`select dns_configured, failed_dns_checks from public.domains`;
  expect(row).toEqual({ dns_configured: true, failed_dns_checks: 0 });
});
