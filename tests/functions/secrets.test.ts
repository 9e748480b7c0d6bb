import { describe, expect, it } from "vitest";
import { createSecretBox, keyIdOf } from "../../supabase/functions/_shared/secrets.ts";
import { box } from "./support.ts";

const oldKey = `old:${btoa("an-old-key-of-exactly-32-bytes!!")}`;
const newKey = `new:${btoa("a-new-key-of-exactly-32-bytes!!!")}`;

describe("sealed secrets", () => {
  it("open to what was sealed, and never look alike", async () => {
    for (const text of ["", "whsec_1", "ключ \u{1f511}", "x".repeat(5000)]) {
      const sealed = await box.seal(text);
      expect(sealed).toMatch(/^v1\.dev\.[\w-]{16}\.[\w-]{22,}$/);
      expect(await box.open(sealed)).toBe(text);
      expect(await box.seal(text)).not.toBe(sealed);
    }
  });

  it("open with any key of the ring; the first one seals", async () => {
    const sealed = await createSecretBox(oldKey).seal("secret");
    const both = createSecretBox(`${newKey}, ${oldKey}`);
    expect(await both.open(sealed)).toBe("secret");
    expect(await both.seal("secret")).toMatch(/^v1\.new\./);
    await expect(createSecretBox(newKey).open(sealed)).rejects.toThrow('no key "old"');
  });

  it("are sealed anew with the first key", async () => {
    const sealed = await createSecretBox(oldKey).seal("secret");
    const both = createSecretBox(`${newKey},${oldKey}`);
    expect(both.sealingId).toBe("new");
    expect([both.has("new"), both.has("old"), both.has("dev")]).toEqual([true, true, false]);
    const anew = await both.reseal(sealed);
    expect(keyIdOf(anew)).toBe("new");
    expect(await createSecretBox(newKey).open(anew)).toBe("secret");
    expect(keyIdOf("secret")).toBeUndefined();
    await expect(createSecretBox(newKey).reseal(sealed)).rejects.toThrow('no key "old"');
  });

  it("do not open when anything was changed", async () => {
    const sealed = await box.seal("secret");
    const [, , iv = "", data = ""] = sealed.split(".");
    const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    for (
      const wrong of [
        `v1.dev.${flip(iv, 3)}.${data}`,
        `v1.dev.${iv}.${flip(data, 2)}`,
        `v1.dev.${iv}.${data.slice(0, -3)}`,
      ]
    ) {
      await expect(box.open(wrong)).rejects.toThrow();
    }
    for (const wrong of ["", "secret", "v1", `v2.dev.${iv}.${data}`, `v1.dev.${iv}`, `${sealed}.x`]) {
      await expect(box.open(wrong)).rejects.toThrow("Not a sealed secret");
    }
  });

  it("refuse two keys of one name: only one of them would open anything", () => {
    const other = `old:${btoa("another-key-under-the-same-name!")}`;
    expect(() => createSecretBox(`${other},${oldKey}`)).toThrow('MILLRACE_SECRET_KEYS has two keys "old"');
    expect(createSecretBox(`${newKey},${oldKey},${oldKey}`).sealingId).toBe("new");
  });

  it.each(["", "dev", "dev:", "dev:short", `:${btoa("x".repeat(32))}`, `${oldKey},`, `dev:${btoa("x".repeat(33))}`])(
    "refuse the key ring %j at start",
    (keys) => expect(() => createSecretBox(keys)).toThrow("MILLRACE_SECRET_KEYS"),
  );
});
