// `npm run check:plpgsql`: every PL/pgSQL function of the migrations through plpgsql_check, on Debian's Postgres 15: names
// that do not exist, types that do not fit, values that are never read. Installs nothing: it says what is missing.

import { onDebian } from "./debian.ts";
import { parseFlags } from "./flags.ts";
import { migrate } from "./migrate.ts";
import { connect } from "./platform.ts";
import { fail } from "./report.ts";

interface Finding {
  function: string;
  line: number | null;
  level: string;
  message: string;
  detail: string | null;
}

try {
  parseFlags("npm run check:plpgsql", {});
  await onDebian({ plpgsql_check: "postgresql-15-plpgsql-check" }, async (url) => {
    await migrate(url);
    const { functions, findings } = await checkAll(url);
    for (const { function: name, line, level, message, detail } of findings) {
      console.log(
        `${name}${line === null ? "" : `, line ${line}`}: ${level}: ${message}${detail ? ` (${detail})` : ""}`,
      );
    }
    console.log(`${functions - new Set(findings.map((one) => one.function)).size} passed, ${findings.length} failed`);
    if (findings.length) Deno.exitCode = 1;
  });
} catch (error) {
  fail(error);
}

/** A trigger function is checked with each table that it serves, and with the transition tables of all its triggers. */
async function checkAll(url: string): Promise<{ functions: number; findings: Finding[] }> {
  const sql = connect(url);
  try {
    await sql`create extension plpgsql_check`;
    const functions = await sql`
      select distinct p.oid::integer as id, p.oid::regprocedure::text as name,
        coalesce(t.tgrelid, 0)::integer as relation,
        max(t.tgoldtable) over (partition by p.oid) as "oldTable", max(t.tgnewtable) over (partition by p.oid) as "newTable"
      from pg_proc p
      join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
      join pg_namespace n on n.oid = p.pronamespace
      left join pg_trigger t on t.tgfoid = p.oid
      where n.nspname !~ '^(pg_|cron|net|auth|extensions|information_schema|supabase_migrations)'
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
        and (p.prorettype <> 'trigger'::regtype or t.oid is not null)
        and p.prorettype <> 'event_trigger'::regtype`;
    const findings: Finding[] = [];
    for (const { id, name, relation, oldTable, newTable } of functions) {
      const found = await sql`
        select lineno, level, message, detail
        from plpgsql_check_function_tb(
          ${id}::integer::oid, ${relation}::integer::oid, oldtable => ${oldTable}, newtable => ${newTable},
          other_warnings => false, extra_warnings => false
        )`;
      for (const { lineno, level, message, detail } of found) {
        // A table that the function makes itself is not there yet.
        if (message.includes('"pg_temp.')) continue;
        findings.push({ function: name, line: lineno, level, message, detail });
      }
    }
    return { functions: new Set(functions.map(({ name }) => name)).size, findings };
  } finally {
    await sql.end();
  }
}
