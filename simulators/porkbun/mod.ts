export { createPorkbunSimulator, type PorkbunOptions, PorkbunSimulator, signedHeaders } from "./simulator.ts";
export type { Charge, Owned, PorkbunEvent, ZoneRecord } from "./account.ts";
