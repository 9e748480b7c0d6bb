// The chapters after the day, in their order.
import type { Result } from "../check.ts";
import type { Stage } from "../stack.ts";
import { playCalls } from "./calls.ts";
import { playDomains } from "./domains.ts";
import { playHub } from "./hub.ts";
import { playMailboxes } from "./mailboxes.ts";
import { playRebatch } from "./rebatch.ts";
import { playReports } from "./reports.ts";
import { playStores } from "./stores.ts";
import { playSync } from "./sync.ts";

/** Each plays against the stack, tells what it does and answers what it checked. Playing it again is no error. */
export type Chapter = (stage: Stage) => Promise<Result[]>;

export const chapters: readonly Chapter[] = [
  playSync,
  playDomains,
  playMailboxes,
  playRebatch,
  playCalls,
  playStores,
  playHub,
  playReports,
];
