// What is compared: our outbox with its wake-up; the same without it, or with a NOTIFY in every transaction; the
// smallest outbox that does the same lasting work; and the least that an outbox can be.

import type postgres from "postgres";

export interface Side {
  name: string;
  prepare(sql: postgres.Sql): Promise<unknown>;
  /** One producer's transaction. */
  produce(sql: postgres.Sql): Promise<unknown>;
  /** Relays one batch; ours is relayed by the relay itself. */
  relay?(sql: postgres.Sql): Promise<{ count: number; more: boolean }>;
  /** How often our relay looks without being woken. */
  poll?: number;
}

const batch = 500;
const payload = { email: "casey@fabrikam.test", first_name: "Casey", status: "hot", campaign_id: "401" };

function ours(name: string, trigger: string | undefined): Side {
  return {
    name,
    poll: trigger ? 1000 : 20,
    prepare: (sql) =>
      sql.unsafe(`
        truncate shared.outbox_events, shared.processed_events, shared.domain_event_logs;
        alter table shared.outbox_events disable trigger user;
        ${trigger ? `alter table shared.outbox_events enable trigger ${trigger};` : ""}
      `).simple(),
    produce: (sql) =>
      sql`select private.emit_event('contact.created', 'Acme', 'contact', gen_random_uuid(), ${sql.json(payload)})`,
  };
}

export const guarded = ours("ours", "notify_outbox_event");
export const silent = ours("ours, no NOTIFY", undefined);
export const always = ours("ours, NOTIFY in every transaction", "bench_always");

/** The same work with the fewest lines: an event has an id that cannot come twice, is marked, and is kept in a log. */
export const nearLimit: Side = {
  name: "smallest outbox with a log",
  prepare: (sql) => sql`truncate bench.events, bench.log`,
  produce: (sql) =>
    sql`
      insert into bench.events (aggregate_id, aggregate_type, event_type, event_data, tenant_id)
      values (gen_random_uuid(), 'contact', 'contact.created', ${sql.json(payload)}, 'Acme')`,
  relay: async (sql) => {
    const { count } = await sql`
      with taken as (
        update bench.events
        set status = 'processed', processed_at = now()
        where id = any(array(select id from bench.events where status = 'pending' order by position limit ${batch}))
        returning *
      )
      insert into bench.log (id, aggregate_id, aggregate_type, event_type, payload, tenant_id, occurred_at)
      select event_id, aggregate_id, aggregate_type, event_type, event_data, tenant_id, created_at
      from taken
      order by position`;
    return { count, more: count === batch };
  },
};

/** No event id, no log, and what was relayed is gone. */
export const limit: Side = {
  name: "bare table, DELETE ... RETURNING",
  prepare: (sql) => sql`truncate bench.outbox`,
  produce: (sql) => sql`insert into bench.outbox (topic, payload) values ('contact.created', ${sql.json(payload)})`,
  relay: async (sql) => {
    const { count } = await sql`
      delete from bench.outbox
      where id = any(array(select id from bench.outbox order by id limit ${batch} for update skip locked))
      returning id, topic, payload`;
    return { count, more: count === batch };
  },
};

export async function setUp(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    insert into public."Clients" ("Business") values ('Acme');
    create schema bench;
    create table bench.outbox (
      id bigint generated always as identity primary key, topic text not null, payload jsonb not null,
      created_at timestamptz not null default clock_timestamp()
    );
    create table bench.events (
      id uuid primary key default gen_random_uuid(), event_id uuid not null unique default gen_random_uuid(),
      aggregate_id uuid not null, aggregate_type text not null, event_type text not null, event_data jsonb not null,
      tenant_id text, created_at timestamptz not null default now(), processed_at timestamptz,
      status text not null default 'pending', position bigint generated always as identity
    );
    create index on bench.events (position) where status = 'pending';
    create table bench.log (
      id uuid primary key, aggregate_id uuid not null, aggregate_type text not null, event_type text not null,
      payload jsonb, tenant_id text, occurred_at timestamptz not null, published_at timestamptz not null default now()
    );
    create index on bench.log (aggregate_id);
    create index on bench.log (tenant_id, event_type, occurred_at);
    create function bench.notify_always() returns trigger language plpgsql as $$
    begin
      perform pg_notify('outbox_events', '');
      return null;
    end
    $$;
    create trigger bench_always after insert on shared.outbox_events
    for each statement execute function bench.notify_always();
    alter table shared.outbox_events disable trigger bench_always;
  `).simple();
}
