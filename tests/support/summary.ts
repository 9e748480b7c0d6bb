import type { Reporter, TestModule } from "vitest/node";

/** The closing line that CI reads: `N passed, N failed`. What broke outside a test counts as failed. */
export default class implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: string): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed++;
        else if (state === "failed") failed++;
      }
      if (!module.ok() && failed === before) failed++;
    }
    if (reason !== "passed" && !failed) failed = 1;
    // After the other reporters' last lines.
    setTimeout(() => console.log(`${passed} passed, ${failed} failed`), 0);
  }
}
