import { describe, expect, it } from "vitest";
import { canonicalJson, memberText, storableJson } from "../../shared/json.ts";
import { seeded } from "./support.ts";

describe("storableJson", () => {
  it.each([
    ['"plain"', '"plain"'],
    [String.raw`"a\u0000b"`, '"ab"'],
    ['"a\0b"', '"ab"'],
    [String.raw`"a\\u0000b"`, String.raw`"a\\u0000b"`],
    [String.raw`"a\\\u0000b"`, String.raw`"a\\b"`],
    [String.raw`"a\\\\u0000b"`, String.raw`"a\\\\u0000b"`],
    [String.raw`"\ud83d\ude00"`, String.raw`"\ud83d\ude00"`],
    [String.raw`"\uD83D"`, String.raw`"\ufffd"`],
    [String.raw`"\ude00\ud83d"`, String.raw`"\ufffd\ufffd"`],
    [String.raw`"\\ud83d"`, String.raw`"\\ud83d"`],
    [String.raw`"\ud83d\ud83d\ude00"`, String.raw`"\ufffd\ud83d\ude00"`],
    [String.raw`{"k\u0000":9007199254740993,"f":1.50}`, '{"k":9007199254740993,"f":1.50}'],
  ])("makes %s into %s", (text, clean) => expect(storableJson(text)).toBe(clean));

  it("agrees with cleaning the parsed value on 5,000 random strings", () => {
    const random = seeded(7);
    const pieces = ["\\\\", "\\u0000", "\\ud83d", "\\uDE00", "\\u0041", "u0000", "a", "\\n", '\\"', "\u00e9", "ud83d"];
    for (let i = 0; i < 5000; i++) {
      const text = `"${
        Array.from({ length: random() * 12 }, () => pieces[Math.floor(random() * pieces.length)]).join("")
      }"`;
      const clean = JSON.parse(storableJson(text)) as string;
      const NUL = "\0";
      // Halves that only became neighbours when a NUL went are still halves.
      const expected = (JSON.parse(text) as string).toWellFormed().replaceAll(NUL, "");
      expect(clean).toBe(expected);
    }
  });
});

describe("text that must keep its digits", () => {
  it("takes a member out of an object", () => {
    const text = '{"a":1,"data":{"n":9007199254740993,"x":1.10,"e":1e400,"s":"\\u00e9","l":[0.1,-0]}}';
    expect(memberText(text, "data")).toBe('{"n":9007199254740993,"x":1.10,"e":1e400,"s":"é","l":[0.1,-0]}');
  });

  it("has one form for equal JSON", () => {
    const one = canonicalJson('{"b":[1,{"d":null,"c":"x"}],"a":9007199254740993}');
    expect(one).toBe('{"a":9007199254740993,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson('{ "a": 9007199254740993,\n"b": [1, {"c": "\\u0078", "d": null}] }')).toBe(one);
    expect(canonicalJson('{"a":9007199254740992,"b":[1,{"c":"x","d":null}]}')).not.toBe(one);
  });

  it("gives up on nesting that the stack cannot hold", () => {
    const deep = `{"data":${"[".repeat(300_000)}${"]".repeat(300_000)}}`;
    expect(memberText(deep, "data")).toBeUndefined();
    expect(canonicalJson(deep)).toBe(deep);
  });
});
