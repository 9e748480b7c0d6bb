export { type CalendlyOptions, CalendlySimulator, createCalendlySimulator, signature } from "./simulator.ts";
export type { Subscription } from "./simulator.ts";
export { type EventName, EVENTS } from "./parts.ts";
export type { Booking, CalendlyEvent, Invitee, Organization, OrganizationInput } from "./organization.ts";
