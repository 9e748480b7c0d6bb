import { describe, expect, it } from "vitest";
import { createLog, levelOf, redact } from "../../supabase/functions/_shared/log.ts";

describe("the log", () => {
  it("writes one JSON object a line, from its level on", () => {
    const lines: string[] = [];
    const log = createLog("warn", (line, level) => lines.push(`${level} ${line}`));
    log.debug("a");
    log.info("b", { x: 1 });
    log.warn("c", { x: "two\nlines" });
    log.error("d");
    expect(lines).toHaveLength(2);
    expect(lines[0]).not.toContain("\n");
    expect(JSON.parse(lines[0]!.slice(5))).toEqual({
      time: expect.any(String),
      level: "warn",
      event: "c",
      x: "two\nlines",
    });
  });

  it.each([["DEBUG", "debug"], ["error", "error"], ["", "info"], [undefined, "info"], ["loud", "info"]])(
    "reads the level %j as %s",
    (name, level) => expect(levelOf(name)).toBe(level),
  );

  it.each([
    ["mail of casey@fabrikam.example bounced", "mail of [address] bounced"],
    ["<Casey.O'Neil+x@sub.fabrikam.example>", "<[address]>"],
    ['{"to":"ü@münchen.example"}', '{"to":"[address]"}'],
    ["POST /functions/v1/bison-webhook/s3cr3t?x=1", "POST /functions/v1/bison-webhook/[token]?x=1"],
    ["http://h/calendly-webhook/s3cr3t/more", "http://h/calendly-webhook/[token]/more"],
    ["postgres://webhook_receiver:pa55@db:5432/x", "postgres://[credentials]@db:5432/x"],
    ["cannot open v1.dev.AAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB", "cannot open [sealed]"],
    ["Authorization: Bearer abc.def-ghi", "Authorization: Bearer [credentials]"],
    ["nothing to hide: 12 events at 10:30", "nothing to hide: 12 events at 10:30"],
  ])("makes %j harmless", (text, clean) => expect(redact(text)).toContain(clean));
});
