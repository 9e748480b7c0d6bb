// The demo agency: two clients with their EmailBison workspaces and Calendly organizations, as supabase/seed.sql has them.
import { type BisonOptions, type BisonSimulator, createBisonSimulator, type WorkspaceInput } from "./bison/mod.ts";
import { type CalendlySimulator, createCalendlySimulator, type OrganizationInput } from "./calendly/mod.ts";

export interface AgencyClient {
  name: string;
  timeZone: string;
  bisonToken: string;
  calendlyToken: string;
  signingKey: string;
  workspace: WorkspaceInput;
  organization: OrganizationInput;
}

export const instanceUrl = "https://dedi.emailbison.test";

export const northwind: AgencyClient = {
  name: "Northwind Robotics",
  timeZone: "America/New_York",
  bisonToken: "demo-bison-northwind",
  calendlyToken: "demo-calendly-northwind",
  signingKey: "demo-signing-key-northwind",
  workspace: {
    id: 11,
    name: "Northwind Robotics",
    apiToken: "11|demo-bison-api-northwind",
    timeZone: "America/New_York",
    senders: [
      { id: 1101, name: "Maya Chen", email: "maya@try-northwind.example", daily_limit: 30 },
      { id: 1102, name: "Leo Brandt", email: "leo@try-northwind.example", daily_limit: 30 },
      { id: 1103, name: "Maya Chen", email: "maya@northwind-arms.example", daily_limit: 20 },
    ],
    campaigns: [
      {
        id: 301,
        name: "Plant managers, Midwest",
        senders: [1101, 1102],
        steps: [
          { id: 3011, subject: "{COMPANY}: packing line", body: "<p>Hi {FIRST_NAME}, who packs at night?</p>" },
          { id: 3012, subject: "Re: {COMPANY}: packing line", body: "<p>{FIRST_NAME}, a two minute video.</p>" },
        ],
      },
      {
        id: 302,
        name: "Warehouse leads, East",
        senders: [1102],
        steps: [{ id: 3021, subject: "Picking at {COMPANY}", body: "<p>Hi {FIRST_NAME}, 30% fewer steps.</p>" }],
      },
    ],
    tags: [{ id: 51, name: "Warmed up" }, { id: 52, name: "Google" }],
  },
  organization: {
    slug: "northwind",
    name: "Northwind Robotics",
    host: { name: "Maya Chen", email: "maya@northwind-robotics.example" },
    accessToken: "demo-calendly-access-northwind",
    timeZone: "America/New_York",
    eventTypes: [
      { slug: "intro", name: "Northwind intro", minutes: 30 },
      { slug: "robot-demo", name: "Robot demo", minutes: 45 },
      { slug: "hiring", name: "Hiring chat", minutes: 20 },
    ],
  },
};

export const bluebird: AgencyClient = {
  name: "Bluebird Logistics",
  timeZone: "Europe/London",
  bisonToken: "demo-bison-bluebird",
  calendlyToken: "demo-calendly-bluebird",
  signingKey: "demo-signing-key-bluebird",
  workspace: {
    id: 12,
    name: "Bluebird Logistics",
    apiToken: "12|demo-bison-api-bluebird",
    timeZone: "Europe/London",
    senders: [
      { id: 1201, name: "Grace Holt", email: "grace@get-bluebird.example", daily_limit: 25 },
      { id: 1202, name: "Tom Avery", email: "tom@get-bluebird.example", daily_limit: 25 },
      // Of no campaign: what a rebatch gives up, wakes, and keeps in reserve.
      { id: 1203, name: "Grace Holt", email: "grace@bluebird-haul.example", daily_limit: 25 },
      { id: 1204, name: "Tom Avery", email: "tom@bluebird-haul.example", daily_limit: 25 },
      { id: 1205, name: "Grace Holt", email: "grace@bluebird-cargo.example", daily_limit: 0 },
      { id: 1206, name: "Tom Avery", email: "tom@bluebird-cargo.example", daily_limit: 0 },
      { id: 1207, name: "Grace Holt", email: "grace@bluebird-spare.example", daily_limit: 0 },
      { id: 1208, name: "Tom Avery", email: "tom@bluebird-spare.example", daily_limit: 0 },
    ],
    campaigns: [
      {
        id: 401,
        name: "UK importers",
        senders: [1201, 1202],
        steps: [
          { id: 4011, subject: "Customs at {COMPANY}", body: "<p>Hi {FIRST_NAME}, any pallets stuck at Dover?</p>" },
        ],
      },
    ],
    tags: [{ id: 61, name: "Warmed up" }],
  },
  organization: {
    slug: "bluebird",
    name: "Bluebird Logistics",
    host: { name: "Grace Holt", email: "grace@bluebird-logistics.example" },
    accessToken: "demo-calendly-access-bluebird",
    timeZone: "Europe/London",
    eventTypes: [{ slug: "discovery", name: "Freight discovery", minutes: 30 }],
  },
};

export const agency = [northwind, bluebird];

export interface AgencySimulators {
  bison: BisonSimulator;
  calendly: CalendlySimulator;
}

/** Both providers with the demo agency in them, their webhooks pointing at the functions. */
export function createAgencySimulators(
  functionsUrl: string,
  options: Pick<BisonOptions, "clock" | "firstId" | "delivery"> = {},
): AgencySimulators {
  const bison = createBisonSimulator({ ...options, instanceUrl, workspaces: agency.map(({ workspace }) => workspace) });
  const calendly = createCalendlySimulator({
    ...options,
    organizations: agency.map(({ organization }) => organization),
  });
  for (const { workspace, organization, bisonToken, calendlyToken, signingKey } of agency) {
    bison.addWebhook({ workspace: workspace.id, url: `${functionsUrl}/bison-webhook/${bisonToken}` });
    const url = `${functionsUrl}/calendly-webhook/${calendlyToken}`;
    calendly.subscribe(calendly.organization(organization.slug), { url, signingKey });
  }
  return { bison, calendly };
}
