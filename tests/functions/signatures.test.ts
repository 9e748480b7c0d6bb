import { describe, expect, it } from "vitest";
import { isSignedByBison } from "../../supabase/functions/_shared/signatures/bison.ts";
import { isSignedByCalendly } from "../../supabase/functions/_shared/signatures/calendly.ts";
import { encode, seeded } from "./support.ts";

// Both made with `openssl dgst -sha256 -hmac`.
const calendly = {
  secret: "vector-signing-key-1",
  body: '{"event":"invitee.created","payload":{"uri":"https://api.calendly.com/x"}}',
  time: 1_781_500_000,
  v1: "dc6cb369e881e0cecf75aa5fef892383f7f1b9e9793f831107fa23e7b84add80",
};
const bison = {
  secret: "vector-signing-key-2",
  body: '{"event":{"type":"EMAIL_SENT"}}',
  hex: "68c505b44666380b83027db735bf03e8ba96cda6cc9b5433a84417a00f40e098",
};

function check(header: string | null, { secrets = [calendly.secret], body = calendly.body, skew = 0 } = {}): boolean {
  return isSignedByCalendly(header, encode(body), secrets, (calendly.time + skew) * 1000);
}

const good = `t=${calendly.time},v1=${calendly.v1}`;

describe("Calendly's signature", () => {
  it("accepts the vector", () => expect(check(good)).toBe(true));

  it.each([
    ["in upper case", good.replace(calendly.v1, calendly.v1.toUpperCase())],
    ["with spaces after the comma", good.replace(",", ", ")],
    ["with the parts the other way round", `v1=${calendly.v1},t=${calendly.time}`],
    ["beside a wrong one", `t=${calendly.time},v1=${"0".repeat(64)},v1=${calendly.v1}`],
    ["beside one of another version", `t=${calendly.time},v0=abc,v1=${calendly.v1},v2=x`],
    ["beside a broken one", `t=${calendly.time},v1=xyz,v1=,v1=${calendly.v1}`],
  ])("accepts it %s", (_name, header) => expect(check(header)).toBe(true));

  it.each([
    ["a missing header", null],
    ["an empty header", ""],
    ["no time", `v1=${calendly.v1}`],
    ["no signature", `t=${calendly.time}`],
    ["an empty signature", `t=${calendly.time},v1=`],
    ["a signature that is too short", good.slice(0, -1)],
    ["a signature that is too long", `${good}0`],
    ["a digit changed", good.replace(/0$/, "1")],
    ["no hexadecimal", `t=${calendly.time},v1=${"g".repeat(64)}`],
    ["the wrong version", good.replace("v1=", "v2=")],
    ["another time than the signed one", good.replace(`${calendly.time}`, `${calendly.time + 1}`)],
    ["two times", `t=${calendly.time},${good}`],
    ["a time that is no number", good.replace(`${calendly.time}`, "now")],
    ["a negative time", good.replace("t=", "t=-")],
    ["a time in milliseconds", good.replace(`${calendly.time}`, `${calendly.time}000`)],
    ["names in capitals", good.toUpperCase()],
    ["six signatures", `t=${calendly.time}${`,v1=${calendly.v1}`.repeat(6)}`],
    ["a header of 100,000 characters", `${"x=1,".repeat(25_000)}${good}`],
  ])("refuses %s", (_name, header) => expect(check(header)).toBe(false));

  it("tolerates 180 s in both directions and no more", () => {
    expect([-181, -180, 0, 180, 181].map((skew) => check(good, { skew }))).toEqual([false, true, true, true, false]);
  });

  it("knows every active secret and no other", () => {
    expect(check(good, { secrets: ["old", calendly.secret] })).toBe(true);
    expect(check(good, { secrets: ["old", "older"] })).toBe(false);
    expect(check(good, { secrets: [] })).toBe(false);
  });

  it("never accepts a signature made with an empty secret", async () => {
    const header = `t=${calendly.time},v1=${await sign("\0", `${calendly.time}.${calendly.body}`)}`;
    expect(check(header, { secrets: [""] })).toBe(false);
  });

  it("signs the bytes, not what they mean", () => {
    expect(check(good, { body: `${calendly.body}\n` })).toBe(false);
    expect(check(good, { body: JSON.stringify(JSON.parse(calendly.body), null, 1) })).toBe(false);
    expect(check(good, { body: calendly.body.replaceAll("/", "\\/") })).toBe(false);
  });

  it("agrees with the platform's own HMAC on 200 random deliveries", async () => {
    const random = seeded(20260303);
    for (let i = 0; i < 200; i++) {
      const body = String.fromCodePoint(
        ...Array.from({ length: random() * 200 }, () => 1 + Math.floor(random() * 0xd000)),
      );
      const secret = `key-${Math.floor(random() * 1e9)}`;
      const signature = await sign(secret, `${calendly.time}.${body}`);
      const header = `t=${calendly.time},v1=${signature}`;
      expect(check(header, { body, secrets: [secret] })).toBe(true);
      const at = Math.floor(random() * 64);
      const flipped = signature[at] === "0" ? "1" : "0";
      const wrong = signature.slice(0, at) + flipped + signature.slice(at + 1);
      expect(check(`t=${calendly.time},v1=${wrong}`, { body, secrets: [secret] })).toBe(false);
    }
  });
});

describe("EmailBison's signature", () => {
  const verify = (header: string | null, secrets = [bison.secret], body = bison.body) =>
    isSignedByBison(header, encode(body), secrets);

  it("accepts the vector, in either case and under any active secret", () => {
    expect(verify(bison.hex)).toBe(true);
    expect(verify(` ${bison.hex.toUpperCase()} `)).toBe(true);
    expect(verify(bison.hex, ["old", bison.secret])).toBe(true);
  });

  it.each([null, "", bison.hex.slice(1), `${bison.hex}00`, `sha256=${bison.hex}`, "0".repeat(64)])(
    "refuses %j",
    (header) => expect(verify(header)).toBe(false),
  );

  it("refuses another body and no secret", () => {
    expect(verify(bison.hex, [bison.secret], `${bison.body} `)).toBe(false);
    expect(verify(bison.hex, [])).toBe(false);
  });
});

async function sign(secret: string, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encode(secret), algorithm, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
