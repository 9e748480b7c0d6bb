// Every simulated provider with the demo agency's account in it, as supabase/seed.sql knows them.
import { createAgencySimulators } from "./agency.ts";
import { createAiSimulator } from "./ai/mod.ts";
import type { BisonOptions } from "./bison/mod.ts";
import { createCompanyEnrichSimulator } from "./companyenrich/mod.ts";
import { createDomainSimulators } from "./domains.ts";
import { createDemoFathom } from "./fathom/demo.ts";
import { createInboxkitSimulator } from "./inboxkit/mod.ts";
import { createMissioninboxSimulator } from "./missioninbox/mod.ts";
import { createSlackSimulator } from "./slack/mod.ts";
import { createStoreLeadsSimulator } from "./storeleads/mod.ts";

/** Their webhooks go to the functions. The keys are the names that paths begin with. */
export function createAllSimulators(functionsUrl: string, options: Pick<BisonOptions, "firstId" | "delivery"> = {}) {
  return {
    ...createAgencySimulators(functionsUrl, options),
    ai: createAiSimulator(),
    ...createDomainSimulators(functionsUrl),
    companyenrich: createCompanyEnrichSimulator({ apiKey: "demo-companyenrich-key", mountedAt: "/companyenrich" }),
    fathom: createDemoFathom(functionsUrl, options),
    inboxkit: createInboxkitSimulator({ apiKey: "demo-inboxkit-key", workspaceId: "ws_demo" }),
    missioninbox: createMissioninboxSimulator({ apiKey: "demo-missioninbox-key", projectId: "project_demo" }),
    slack: createSlackSimulator({ requestUrl: `${functionsUrl}/slack` }),
    storeleads: createStoreLeadsSimulator({ apiKey: "demo-storeleads-key" }),
  };
}
