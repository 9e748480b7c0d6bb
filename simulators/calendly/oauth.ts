// Calendly's tokens: personal ones that stay, and OAuth ones whose refresh tokens work once.
import { stableUuid } from "../format.ts";
import type { Organization } from "./organization.ts";

export interface Grant {
  organization: Organization;
  expiresAt: Date;
}

export type TokenAnswer = { status: 200 | 400 | 401 | 429; body: Record<string, unknown> };

const CODE_MS = 600_000;
const ACCESS_MS = 7_200_000;
const CALLS_A_MINUTE = 8;

export class Tokens {
  readonly #personal = new Map<string, Organization>();
  readonly #access = new Map<string, Grant>();
  readonly #refresh = new Map<string, Organization>();
  readonly #codes = new Map<string, Grant>();
  readonly #calls = new Map<string, number>();
  /** Whose consent the next visitor of the consent page gives; null: they refuse. Undefined: the first organization's. */
  visitor: Organization | null | undefined;
  /** So many of the next answers get lost on their way: what they were to is used up. */
  losses = 0;
  /** Calls of the token endpoint that gave tokens. */
  answered = 0;
  #issued = 0;

  constructor(readonly client: { clientId: string; clientSecret: string }, private readonly now: () => Date) {}

  addPersonal(token: string, organization: Organization): void {
    this.#personal.set(token, organization);
  }

  organizationOf(token: string): Organization | null {
    const grant = this.#access.get(token);
    if (grant && grant.expiresAt > this.now()) return grant.organization;
    return this.#personal.get(token) ?? null;
  }

  /** What the consent page sends back. */
  newCode(organization: Organization): string {
    const code = this.#secret("code");
    this.#codes.set(code, { organization, expiresAt: this.#in(CODE_MS) });
    return code;
  }

  answer(authorization: string | undefined, form: URLSearchParams): TokenAnswer {
    const expected = `Basic ${btoa(`${this.client.clientId}:${this.client.clientSecret}`)}`;
    if (authorization !== expected) return refusal(401, "invalid_client", "Client authentication failed.");
    const organization = this.#redeem(form);
    if (!organization) {
      return refusal(400, "invalid_grant", "The provided authorization grant is invalid, expired, or revoked.");
    }
    const minute = `${organization.user} ${Math.floor(this.now().getTime() / 60_000)}`;
    const calls = (this.#calls.get(minute) ?? 0) + 1;
    this.#calls.set(minute, calls);
    if (calls > CALLS_A_MINUTE) return refusal(429, "rate_limited", "Too many token requests.");
    this.answered++;
    return { status: 200, body: this.#issue(organization) };
  }

  revoke(token: string): void {
    this.#access.delete(token);
    this.#refresh.delete(token);
  }

  /** A code or a refresh token is gone with its first use, whatever comes of it. */
  #redeem(form: URLSearchParams): Organization | null {
    if (form.get("grant_type") === "authorization_code") {
      const code = form.get("code") ?? "";
      const grant = this.#codes.get(code);
      this.#codes.delete(code);
      return grant && grant.expiresAt > this.now() ? grant.organization : null;
    }
    const token = form.get("refresh_token") ?? "";
    const organization = this.#refresh.get(token) ?? null;
    this.#refresh.delete(token);
    return organization;
  }

  #issue(organization: Organization): Record<string, unknown> {
    const access_token = this.#secret("access");
    const refresh_token = this.#secret("refresh");
    this.#access.set(access_token, { organization, expiresAt: this.#in(ACCESS_MS) });
    this.#refresh.set(refresh_token, organization);
    return {
      token_type: "Bearer",
      access_token,
      refresh_token,
      scope: "default",
      created_at: Math.floor(this.now().getTime() / 1_000),
      expires_in: ACCESS_MS / 1_000,
      owner: organization.user,
      organization: organization.uri,
    };
  }

  #in(ms: number): Date {
    return new Date(this.now().getTime() + ms);
  }

  #secret(kind: string): string {
    return `${kind}-${stableUuid(`${kind} ${++this.#issued}`)}`;
  }
}

function refusal(status: 400 | 401 | 429, error: string, error_description: string): TokenAnswer {
  return { status, body: { error, error_description } };
}
