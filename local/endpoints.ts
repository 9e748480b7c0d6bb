// Tokens and signing keys of webhook endpoints: made here, shown once, known to the database as hash and sealed text.

import { createHash } from "node:crypto";
import type { SecretBox } from "../supabase/functions/_shared/secrets.ts";

export const providers = ["bison", "calendly"] as const;
export type Provider = typeof providers[number];

export interface EndpointWish {
  provider: Provider;
  /** EmailBison: which workspace of which instance. */
  instance?: string;
  workspace?: string;
  /** Gives an endpoint that is there a new token and key. */
  replace?: boolean;
}

export interface NewEndpoint {
  token: string;
  /** Calendly signs with it. */
  signingKey?: string;
  /** An element of provision_tenant's p_endpoints. */
  row: Record<string, unknown>;
}

export async function makeEndpoint(wish: EndpointWish, box: SecretBox): Promise<NewEndpoint> {
  const { provider, replace } = wish;
  const instance = wish.instance && instanceOf(wish.instance);
  const workspace = wish.workspace?.trim();
  if (provider === "bison" && !(instance && workspace)) {
    throw new Error(
      "EmailBison needs the instance's URL and the workspace's id: other workspaces' events are refused.",
    );
  }
  const token = randomText();
  const signingKey = provider === "calendly" ? randomText() : undefined;
  return {
    token,
    signingKey,
    row: {
      provider,
      token_hash: createHash("sha256").update(token).digest("hex"),
      instance_url: instance,
      workspace_id: workspace,
      signing_secret: signingKey && await box.seal(signingKey),
      replace,
    },
  };
}

/** An address as it is copied from the browser, without its page: events are compared by host. */
export function instanceOf(text: string): string {
  const url = URL.parse(text.trim());
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Error(`The instance is a URL such as https://dedi.emailbison.com, not ${JSON.stringify(text)}.`);
}

/** What the operator is told, once. */
export function describeEndpoint(functions: string, provider: Provider, made: NewEndpoint, outcome: string): string[] {
  if (outcome === "kept") {
    return [`${provider} is connected already. \`npm run connect\` with --replace makes a new URL.`];
  }
  const lines = [`Webhook URL  ${functions}/${provider}-webhook/${made.token}`];
  if (made.signingKey) lines.push(`Signing key  ${made.signingKey}`);
  if (outcome === "replaced") lines.push("The old ones work for seven more days.");
  return lines;
}

/** 256 random bits, for URLs. */
function randomText(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
}
