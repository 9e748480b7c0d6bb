// `npm run lint`: format, lint and types of all TypeScript, and squawk on the migrations.

import { type Check, complaintOf, runChecks } from "./checks.ts";
import { migrationFiles } from "./migrate.ts";
import { root } from "./paths.ts";

Deno.chdir(root);
const deno = Deno.execPath();
const checks: Check[] = [
  { name: "deno fmt", run: () => complaintOf(deno, "fmt", "--check") },
  { name: "deno lint", run: () => complaintOf(deno, "lint") },
  { name: "deno check", run: () => complaintOf(deno, "check", ".") },
  {
    name: "squawk",
    run: () =>
      complaintOf(
        deno,
        "run",
        "-A",
        "node_modules/squawk-cli/js/bin/squawk",
        "-c",
        ".squawk.toml",
        "--reporter=gcc",
        ...migrationFiles(),
      ),
  },
];
Deno.exit(await runChecks(checks) ? 0 : 1);
