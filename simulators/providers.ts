// Which providers are simulated, and where each one's API begins below the simulators' address. The keys are those that
// `providerUrl` of the functions asks for.

const paths: Record<string, string> = {
  bison: "/bison/api",
  calendly: "/calendly",
  companyenrich: "/companyenrich",
  dns: "/dns/dns-query",
  fathom: "/fathom/external/v1",
  inboxkit: "/inboxkit/v1/api",
  missioninbox: "/missioninbox/api",
  porkbun: "/porkbun/api/json/v3",
  slack: "/slack/api",
  storeleads: "/storeleads",
};

/** What the functions need as PROVIDER_URLS to call the simulators instead of the providers. */
export function providerUrls(simulators: string): Record<string, string> {
  return Object.fromEntries(Object.entries(paths).map(([provider, path]) => [provider, `${simulators}${path}`]));
}
