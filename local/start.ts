// `npm start`: the whole stack, until Ctrl-C.

import { demoApiKey, demoToken } from "./demo_access.ts";
import { isLocal } from "./database.ts";
import { parseFlags, pathOf, portOf } from "./flags.ts";
import { untilStopped } from "./lifetime.ts";
import { createReport, fail } from "./report.ts";
import { announce, jwtSecret, type StackUrls, startStack } from "./stack.ts";
import { clock } from "./ticker.ts";

const usage =
  "npm start -- [--port 54321] [--database-port 54322] [--simulator-port 54400] [--data folder] [--no-seed]";

try {
  const started = performance.now();
  const flags = parseFlags(usage, {
    port: { type: "string" },
    "database-port": { type: "string" },
    "simulator-port": { type: "string" },
    data: { type: "string" },
    "no-seed": { type: "boolean" },
  });
  const options = {
    databaseUrl: Deno.env.get("DATABASE_URL") || undefined,
    folder: pathOf(flags.data, "--data"),
    apiPort: portOf(flags.port, "--port"),
    databasePort: portOf(flags["database-port"], "--database-port"),
    simulatorPort: portOf(flags["simulator-port"], "--simulator-port"),
    seed: !flags["no-seed"],
  };
  console.log("Millrace starts");
  const stack = await startStack({
    ...options,
    report: createReport(console.log),
    line: (text) => console.log(/^\d\d:/.test(text) ? text : `${clock()}  ${text}`),
  });
  const withdraw = await announce(stack.urls);
  console.log(welcome(stack.urls, performance.now() - started, await accessExamples(stack.urls)));
  await untilStopped(async () => {
    console.log("\nStopping ...");
    await withdraw();
    await stack.stop();
    console.log("Stopped.");
  });
} catch (error) {
  fail(error);
}

function welcome({ functions, database, simulators }: StackUrls, milliseconds: number, access: string): string {
  return `
Millrace is ready after ${(milliseconds / 1000).toFixed(1)} s

  Functions   ${functions}
  API         ${functions}/api/docs
  Database    ${database}
  Providers   ${simulators ?? "-"} (simulated: EmailBison, Calendly, ...)

  Demo agency          EmailBison's path token   Calendly's path token     Calendly's signing key
  Northwind Robotics   demo-bison-northwind      demo-calendly-northwind   demo-signing-key-northwind
  Bluebird Logistics   demo-bison-bluebird       demo-calendly-bluebird    demo-signing-key-bluebird

Try next, in a second terminal: a whole working day of the demo agency,

  npm run demo

or one interested reply, which becomes a CRM contact:

  curl ${functions}/bison-webhook/demo-bison-northwind -H 'content-type: application/json' -d '${example()}'

${access}Ctrl-C stops everything. From here on, one line an event:
`;
}

/** The demo agency's people are in a database on this machine only. */
async function accessExamples({ functions, database }: StackUrls): Promise<string> {
  if (!isLocal(database)) return "";
  return `or ask the API, with Northwind's API key, or with a token of the agency's admin, valid for a week:

  curl ${functions}/api/v1/crm/contacts -H 'authorization: Bearer ${demoApiKey}'
  curl ${functions}/api/v1/clients -H 'authorization: Bearer ${await demoToken(jwtSecret(database)!)}'

`;
}

/** As EmailBison sends it, without what nobody needs for a first try. */
function example(): string {
  const person = { id: Date.now() % 1e9, email: "ada@stone.example", first_name: "Ada", last_name: "Stone" };
  return JSON.stringify({
    event: { type: "LEAD_INTERESTED", instance_url: "https://dedi.emailbison.test", workspace_id: 11 },
    data: {
      lead: person,
      reply: {
        id: person.id,
        interested: true,
        text_body: "Sounds good, send me some times.",
        from_email_address: person.email,
        date_received: new Date().toISOString(),
      },
    },
  });
}
