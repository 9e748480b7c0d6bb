// `npm run secrets:rotate`: seals every secret anew with the first key of MILLRACE_SECRET_KEYS. May be stopped and run
// again at any time.

import { createSecretBox } from "../supabase/functions/_shared/secrets.ts";
import { parseFlags } from "./flags.ts";
import { connect } from "./platform.ts";
import { fail } from "./report.ts";
import { rotateSecrets } from "./rotation.ts";
import { findTarget, secretKeys } from "./target.ts";

const usage = "npm run secrets:rotate -- [--batch 200]";

try {
  const flags = parseFlags(usage, { batch: { type: "string" } });
  const batch = Number(flags.batch ?? 200);
  if (!Number.isInteger(batch) || batch < 1) throw new Error(`--batch is a number of secrets. Usage: ${usage}`);
  const target = await findTarget();
  const box = createSecretBox(secretKeys(target));
  const sql = connect(target.database, {
    connect_timeout: 5,
    connection: { "millrace.actor": "service:secrets-rotate" },
  });
  try {
    const { resealed, unreadable, left } = await rotateSecrets({ sql, box, batch, say: console.log });
    for (const line of unreadable) console.error(line);
    if (left) {
      throw new Error(
        `${left} secrets came under another key meanwhile: give the functions these keys, then run again.`,
      );
    }
    if (unreadable.length) {
      throw new Error(
        `${unreadable.length} secrets do not open: set them again. If a key was replaced under its old name, ` +
          "give the new one a name of its own and put the old one behind it.",
      );
    }
    console.log(`${resealed} sealed anew; every secret opens with the key ${JSON.stringify(box.sealingId)} alone.`);
  } finally {
    await sql.end();
  }
} catch (error) {
  fail(error);
}
