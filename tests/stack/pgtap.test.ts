import { describe, expect, test } from "vitest";
import { judge } from "../support/pgtap.ts";

describe("a pgTAP file", () => {
  test.each([
    ["passes when every planned assertion does", ["1..2", "ok 1 - a", "ok 2"], undefined],
    ["passes with a known gap", ["1..1", "not ok 1 - later # TODO soon", "# Failed (TODO) test 1"], undefined],
    ["fails without a plan", ["ok 1"], /no plan/],
    ["fails without an assertion", ["1..1", "# Looks like you planned 1 test but ran 0"], /no assertion/],
    ["fails when fewer were run", ["1..3", "ok 1", "ok 2"], /planned 3 assertions but ran 2/],
    ["fails when more were run", ["1..1", "ok 1", "ok 2"], /planned 1 assertions but ran 2/],
    [
      "shows what failed",
      ["1..2", "not ok 1 - a", '# Failed test 1: "a"', "ok 2"],
      /^1 of 2 failed\nnot ok 1 - a\n# Failed/,
    ],
  ])("%s", (_, lines, complaint) => {
    if (complaint) expect(judge(lines)).toMatch(complaint);
    else expect(judge(lines)).toBeUndefined();
  });
});
