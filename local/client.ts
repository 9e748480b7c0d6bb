// `npm run api:client`: shared/client.ts from the API's document.

import { clientPath, generateClient } from "./client_source.ts";
import { parseFlags } from "./flags.ts";
import { fail } from "./report.ts";

try {
  parseFlags("npm run api:client", {});
  await Deno.writeTextFile(clientPath, await generateClient());
  console.log("shared/client.ts is up to date.");
} catch (error) {
  fail(error);
}
