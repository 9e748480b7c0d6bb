// `npm test [-- files]`: Vitest, which starts one database server for all files. A pgTAP file is named by its path.

import { root } from "./paths.ts";

const tap = Deno.args.filter((argument) => argument.endsWith(".sql") || argument.startsWith("supabase/tests"));
const rest = Deno.args.filter((argument) => !tap.includes(argument));
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "--allow-all",
    "node_modules/vitest/vitest.mjs",
    "run",
    ...rest,
    ...(tap.length ? ["tests/pgtap.test.ts"] : []),
  ],
  cwd: root,
  env: { MILLRACE_TAP_FILES: tap.join("\n") },
}).spawn().status;
Deno.exit(code);
