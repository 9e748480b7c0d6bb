import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** Files that take tens of seconds, the longest first: begun last, one of them would run on alone. */
const long = [
  "pgtap.test.ts",
  "faults/kill.test.ts",
  "stack/start.test.ts",
  "order/meeting_events.test.ts",
  "order/lead_events.test.ts",
  "api/contract.test.ts",
  "races/crm_sync.test.ts",
  "reports/year.test.ts",
  "order/shuffles.test.ts",
  "races/webhook_storm.test.ts",
  "faults/hostile.test.ts",
];

/** As Vitest sorts a run whose durations it does not know, with these before the others. */
export default class extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = long.findIndex((name) => moduleId.endsWith(`/tests/${name}`));
      return index < 0 ? long.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
