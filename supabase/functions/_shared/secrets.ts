// Secrets at rest are AES-256-GCM texts `v1.<key id>.<iv>.<ciphertext and tag>` (base64url). The database holds only
// these; the keys are in the functions' environment.

/** Seals and opens secrets. */
export interface SecretBox {
  /** The first key, which seals. */
  readonly sealingId: string;
  /** Whether the ring has a key of this id. */
  has(keyId: string): boolean;
  /** Encrypts with the first key. Two seals of one text differ. */
  seal(text: string): Promise<string>;
  /** Decrypts with the key that the sealed text names. Throws when the key is unknown or the text was changed. */
  open(sealed: string): Promise<string>;
  /** Seals anew with the first key. Throws as `open` does. */
  reseal(sealed: string): Promise<string>;
}

const form = /^v1\.([\w-]{1,40})\.([\w-]{16})\.([\w-]{22,})$/;
const ivLength = 12;

/**
 * @param keys `<key id>:<base64 of 32 bytes>`, several separated by commas: the first one seals, all of them open, so
 * that a key is replaced by putting the new one in front until everything is sealed anew.
 */
export function createSecretBox(keys: string): SecretBox {
  const encoded = new Map<string, string>();
  for (const [id, key] of keys.split(",").map((entry) => readKey(entry.trim()))) {
    if ((encoded.get(id) ?? key) !== key) {
      throw new Error(`MILLRACE_SECRET_KEYS has two keys "${id}": give each key a name of its own.`);
    }
    encoded.set(id, key);
  }
  const ring = new Map([...encoded].map(([id, key]) => [id, importKey(key)]));
  const [[sealingId, sealingKey]] = ring as unknown as [[string, Promise<CryptoKey>]];
  const box: SecretBox = {
    sealingId,
    has: (keyId) => ring.has(keyId),
    async seal(text) {
      const iv = crypto.getRandomValues(new Uint8Array(ivLength));
      const data = new TextEncoder().encode(text);
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealingKey, data);
      return `v1.${sealingId}.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(sealed))}`;
    },
    async open(sealed) {
      const [, id, iv, data] = form.exec(sealed) ?? [];
      if (id === undefined || iv === undefined || data === undefined) throw new Error("Not a sealed secret.");
      const key = ring.get(id);
      if (key === undefined) throw new Error(`MILLRACE_SECRET_KEYS has no key "${id}".`);
      const algorithm = { name: "AES-GCM", iv: fromBase64(iv) };
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, await key, fromBase64(data)));
    },
    reseal: async (sealed) => await box.seal(await box.open(sealed)),
  };
  return box;
}

/** Which key a sealed text names; undefined when it is no sealed text. */
export function keyIdOf(sealed: string): string | undefined {
  return form.exec(sealed)?.[1];
}

function readKey(entry: string): [string, string] {
  const [, id, encoded] = /^([\w-]{1,40}):([\w+/-]{43}=?)$/.exec(entry) ?? [];
  if (id === undefined || encoded === undefined) {
    throw new Error("MILLRACE_SECRET_KEYS must be <id>:<base64 of 32 bytes>, several separated by commas.");
  }
  return [id, encoded];
}

function importKey(encoded: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", fromBase64(encoded), "AES-GCM", false, ["encrypt", "decrypt"]);
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}
