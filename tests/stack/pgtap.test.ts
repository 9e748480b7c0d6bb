import { describe, expect, test } from "vitest";
import { createDatabase } from "../support/database.ts";
import { judge, openTapSession, prepareForTap } from "../support/pgtap.ts";

describe("a pgTAP file", () => {
  test.each([
    ["passes when every planned assertion does", ["1..2", "ok 1 - a", "ok 2"], undefined],
    ["passes with a known gap", ["1..1", "not ok 1 - later # TODO soon", "# Failed (TODO) test 1"], undefined],
    ["fails without a plan", ["ok 1"], /no plan/],
    ["fails without an assertion", ["1..1", "# Looks like you planned 1 test but ran 0"], /no assertion/],
    ["fails when fewer were run", ["1..3", "ok 1", "ok 2"], /planned 3 assertions but ran 2/],
    ["fails when more were run", ["1..1", "ok 1", "ok 2"], /planned 1 assertions but ran 2/],
    [
      "shows what failed",
      ["1..2", "not ok 1 - a", '# Failed test 1: "a"', "ok 2"],
      /^1 of 2 failed\nnot ok 1 - a\n# Failed/,
    ],
  ])("%s", (_, lines, complaint) => {
    if (complaint) expect(judge(lines)).toMatch(complaint);
    else expect(judge(lines)).toBeUndefined();
  });
});

test("a file finds nothing of the one before it, though they share a session", async () => {
  await using database = await createDatabase();
  await prepareForTap(database);
  const session = openTapSession(database);
  await session.run(
    "leaves all it can",
    `
      select plan(1);
      create table public.first as select pg_backend_pid() as pid;
      create temp table left_over (id integer);
      create sequence public.left_over;
      select nextval('public.left_over');
      prepare left_over as select 1;
      declare left_over cursor with hold for select 1;
      listen left_over;
      select pg_advisory_lock(7), set_config('millrace.actor', 'left over', false), set_config('work_mem', '7MB', false);
      select ok(true);
      set role service_role;
    `,
  );
  await session.run(
    "finds nothing",
    `
      begin;
      select plan(10);
      select is(pg_backend_pid(), (select pid from public.first));
      select is(current_user::text, 'postgres');
      select is(current_setting('millrace.actor'), '');
      select isnt(current_setting('work_mem'), '7MB');
      select is(to_regclass('pg_temp.left_over'), null);
      select is((select count(*) from pg_prepared_statements), 0::bigint);
      select is((select count(*) from pg_cursors where name = 'left_over'), 0::bigint);
      select is((select count(*) from pg_listening_channels()), 0::bigint);
      select is((select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()), 0::bigint);
      select throws_ok('select currval(''public.left_over'')', '55000');
      rollback;
    `,
  );
  const isAnother = "select plan(1); select isnt(pg_backend_pid(), (select pid from public.first));";
  await expect(session.run("fails in the middle", "begin; select 1/0")).rejects.toThrow("division by zero (22012)");
  await session.run("begins anew after one that failed", isAnother);
  await session.run(
    "remembers its session",
    "select plan(1); update public.first set pid = pg_backend_pid(); select ok(true);",
  );
  await session.run("has plans of its own", `-- Looks at an explain.\n${isAnother}`);
  await session.end();
});
