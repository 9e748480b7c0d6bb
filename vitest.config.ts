import { defineConfig } from "vitest/config";

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
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
