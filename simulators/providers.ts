// Which providers are simulated, and where each one's API begins below the simulators' address. The keys are those that
// `providerUrl` of the functions asks for.

const paths: Record<string, string> = {
  bison: "/bison/api",
  calendly: "/calendly",
};

/** What the functions need as PROVIDER_URLS to call the simulators instead of the providers. */
export function providerUrls(simulators: string): Record<string, string> {
  return Object.fromEntries(Object.entries(paths).map(([provider, path]) => [provider, `${simulators}${path}`]));
}
