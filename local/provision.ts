import type postgres from "postgres";

export interface Provisioned {
  outcome: "created" | "kept";
  business: string;
  client_id: string;
  tenant_id: string;
  team_id: string;
  time_zone: string;
  endpoints: { provider: string; id: number; outcome: "created" | "kept" | "replaced" }[];
}

export interface TenantWish {
  business: string;
  timeZone?: string;
  website?: string;
  bison?: Record<string, unknown>;
  endpoints: readonly Record<string, unknown>[];
}

/** Calls integrations.provision_tenant; its refusals become errors for people. */
export async function provisionTenant(sql: postgres.Sql, wish: TenantWish): Promise<Provisioned> {
  try {
    const [row] = await sql<[{ answer: Provisioned }]>`
      select integrations.provision_tenant(
        ${wish.business}, ${wish.timeZone ?? null}, ${wish.website ?? null},
        ${JSON.stringify(wish.bison ?? {})}::text::jsonb, ${JSON.stringify(wish.endpoints)}::text::jsonb
      ) as answer`;
    return row.answer;
  } catch (error) {
    const { code, message, detail, hint } = error as Record<string, string | undefined>;
    if (!code?.startsWith("MR")) throw error;
    throw new Error([message, detail, hint].filter(Boolean).join(" "));
  }
}
