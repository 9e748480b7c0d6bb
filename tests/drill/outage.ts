// `npm run drill:outage [-- --events 5000 --seed number]`: a simulated EmailBison tells two installations the same. One is
// always there. Of the other the functions are down for a simulated hour of 5,000 events, and no delivery is tried again
// until they are back. Then reconciliation runs, while the provider repeats some deliveries after all. Exit code 1 when
// anything is missing or doubled, or any figure differs from the installation without an outage.

import { parseFlags } from "../../local/flags.ts";
import { fail } from "../../local/report.ts";
import type { BisonEvent, Workspace } from "../../simulators/bison/mod.ts";
import { startGateway } from "../faults/child.ts";
import { seeded } from "../functions/support.ts";
import { createDatabase } from "../support/database.ts";
import { reservePort } from "../support/ports.ts";
import { startTestServer } from "../support/server.ts";
import { acme, addClient, openWorld, type World } from "../sync/world.ts";
import { compare } from "./installations.ts";

const usage = "npm run drill:outage -- [--events 5000] [--seed number]";
const hour = 3_600_000;

try {
  const flags = parseFlags(usage, { events: { type: "string" }, seed: { type: "string" } });
  const events = Number(flags.events ?? 5_000);
  const seed = Number(flags.seed ?? Date.now() % 1_000_000);
  const server = await startTestServer({ durable: true });
  let differences: string[];
  try {
    differences = await play(events, seed);
  } finally {
    await server.stop();
  }
  for (const difference of differences) console.log(`  ${difference}`);
  console.log(
    differences.length ? "\nThe drill FAILED." : "\nNothing is missing, nothing doubled, every figure is equal.",
  );
  Deno.exit(differences.length ? 1 : 0);
} catch (error) {
  fail(error);
}

async function play(count: number, seed: number): Promise<string[]> {
  let now = new Date(Date.now() - 5 * hour);
  const start = now.getTime();
  await using world = await openWorld({ clock: () => now, delivery: { retryWaitsMs: [] } });
  await using other = await createDatabase();
  await addClient(other.sql());
  const steady = await startGateway(other.url, 0);
  const port = reservePort();
  let shaky = await startGateway(world.database.url, port);
  for (const { ready } of [steady, shaky]) {
    world.bison.addWebhook({ workspace: 11, url: `${ready.url}/bison-webhook/token` });
  }
  try {
    const traffic = createTraffic(world.workspace, seed, () => now);
    const tell = async (what: string, events: number, from: number) => {
      const began = performance.now();
      const told: BisonEvent[] = [];
      while (told.length < events) {
        now = new Date(start + from * hour + (told.length * hour) / events);
        told.push(...traffic());
      }
      const statuses = await deliver(world, told);
      console.log(`${what}: ${told.length} events, answers ${statuses} (${seconds(began)})`);
      return told;
    };
    console.log(`Seed ${seed}.`);
    await tell("Before", Math.ceil(count / 5), 0);
    // What came without a time of its own is as old as it would be.
    await world.sql`update integrations.webhook_events set received_at = ${new Date(start + hour)}`;
    shaky.kill();
    await shaky.gone;
    const lost = await tell("An hour without functions", count, 1);
    shaky = await startGateway(world.database.url, port);
    await tell("After", Math.ceil(count / 5), 2);
    const found = await heal(world, lost);
    const differences = await compare(world.sql, other.sql(), world.bison.events);
    return found ? differences : [...differences, "The outage lost nothing: the drill showed nothing."];
  } finally {
    await Promise.all([steady.stop(), shaky.stop()]);
  }
}

/** Reconciles, while a tenth of what was lost is delivered again. */
async function heal({ bison, start, work, list }: World, lost: BisonEvent[]): Promise<number> {
  const began = performance.now();
  await start("events");
  const repeat = (async () => {
    // Without a time of its own a tag's event would be taken for a new one; the nightly sync mends what that does.
    for (const event of lost.filter(({ type }, n) => n % 10 === 0 && !type.startsWith("TAG"))) {
      for (const { state, attempts } of bison.deliveriesOf(event)) {
        if (state === "failed") await bison.retryAttempt(attempts[0]!.id)?.first;
      }
    }
  })();
  while ((await list("events")).state === "running") await work();
  await repeat;
  const { pages, rows, found } = await list("events");
  console.log(`Reconciled: ${rows} listed events on ${pages} pages, ${found} were missing (${seconds(began)})`);
  await start("events");
  while ((await list("events")).state === "running") await work();
  console.log(`Once more: ${(await list("events")).found} missing`);
  return found;
}

async function deliver({ bison }: World, events: BisonEvent[]): Promise<string> {
  const statuses = new Map<string, number>();
  const queue = events.values();
  await Promise.all(Array.from({ length: 32 }, async () => {
    for (const event of queue) {
      const attempts = await Promise.all(bison.deliver(event).map(({ first }) => first));
      for (const { status } of attempts) statuses.set(`${status}`, (statuses.get(`${status}`) ?? 0) + 1);
    }
  }));
  return [...statuses].map(([status, times]) => `${times} x ${status === "null" ? "none" : status}`).join(", ");
}

/** Something that happens in the workspace: of all kinds, to people who have been written to. */
function createTraffic(workspace: Workspace, seed: number, clock: () => Date): () => BisonEvent[] {
  const random = seeded(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const campaigns = acme.campaigns!.map(({ id }) => id);
  const senders = acme.senders!.map(({ id }) => id);
  let people = 0;
  let tags = 0;
  let removed = 0;
  let changed = 0;
  return () => {
    const draw = random() * 100;
    const { mails, replies } = workspace;
    if (draw < 55 || mails.length === 0) {
      const lead = { email: `lead${random() < 0.7 ? people++ : Math.floor(random() * (people + 1))}@lead.example` };
      return workspace.send({ campaign: pick(campaigns), lead }).events;
    }
    if (draw < 70) return workspace.open(pick(mails)).events;
    if (draw < 82) return workspace.reply(pick(mails), { text: "Hm", automated: random() < 0.2 }).events;
    if (draw < 87) return workspace.bounce(pick(mails)).events;
    if (draw < 91) return workspace.unsubscribe(pick(mails)).events;
    const tracked = [...replies.values()].filter(({ part }) => part.type === "Tracked Reply");
    if (draw < 95) return tracked.length ? workspace.interested(pick(tracked)).events : [];
    if (draw < 96) return tracked.length ? workspace.manual(pick(tracked), "Tuesday?").events : [];
    if (draw < 97) {
      return workspace.untracked({ sender: pick(senders), from: `x${people}@else.example`, text: "?" }).events;
    }
    if (draw < 98) {
      // Their times are whole seconds: of two in one second nobody could tell the newer.
      const second = Math.floor(clock().getTime() / 1_000);
      if (second === changed) return [];
      changed = second;
      return workspace.account(pick(senders), pick(["disconnected", "reconnected"])).events;
    }
    if (draw < 98.3) return workspace.warmupDisabled(pick(senders), "causing").events;
    // Each tag on and off once, and not soon after: equal bodies within five minutes are one event, the drill's hours are
    // seconds, and what is delivered at once arrives in any order.
    const isNew = tags < removed + 5 || random() < 0.6;
    return workspace.tag(`Tag ${isNew ? tags++ : removed++}`, "SenderEmail", senders[0]!, isNew).events;
  };
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
