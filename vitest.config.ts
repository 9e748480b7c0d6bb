import { defineConfig } from "vitest/config";
import Sequencer from "./tests/support/sequencer.ts";

export default defineConfig({
  test: {
    include: [
      "tests/**/*.test.ts",
      "shared/**/*.test.ts",
      "supabase/functions/**/*.test.ts",
      "simulators/**/*.test.ts",
    ],
    globalSetup: "tests/support/global-setup.ts",
    reporters: ["default", "tests/support/summary.ts"],
    pool: "forks",
    // For two cores: of three one always waits for something.
    maxWorkers: 2,
    sequence: { sequencer: Sequencer },
    // For what hangs: how long a test takes depends on the machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
