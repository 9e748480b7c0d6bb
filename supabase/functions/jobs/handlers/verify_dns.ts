import { z } from "zod";
import { defineJob } from "../../_shared/jobs.ts";
import { resolve } from "../../_shared/providers/dns.ts";

/** Asks a resolver what the world sees of a domain. When to look again, the database says. */
export const verifyDns = defineJob({
  type: "verify_dns",
  payload: z.object({ domain: z.string() }),
  async run({ domain }, { sql, signal }) {
    const questions = await sql<{ name: string; type: string }[]>`
      select name, type from integrations.get_dns_questions(${domain})`;
    if (questions.length === 0) return;
    const answers = [];
    for (const { name, type } of questions) answers.push({ name, type, answers: await resolve(name, type, signal) });
    await sql`select integrations.record_dns_look(${domain}, ${sql.json(answers)})`;
  },
});
