export {
  type BisonOptions,
  BisonSimulator,
  type BodyForm,
  createBisonSimulator,
  type WebhookUrl,
} from "./simulator.ts";
export { EVENT_IDS, type EventId } from "./parts.ts";
export { giveHistory, type History } from "./history.ts";
export type { BisonEvent, Mail, Reply, Workspace, WorkspaceInput } from "./workspace.ts";
