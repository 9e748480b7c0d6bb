import { beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../supabase/functions/bison-webhook/app.ts";
import { bisonEvent, bisonTypes } from "../fixtures/bison.ts";
import { type Bench, box, createBench, encode, endpointRow, post, sha256, sqlError } from "./support.ts";

let bench: Bench;
let send: (request: Request) => Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;

beforeEach(() => {
  bench = createBench();
  bench.database.endpoints.set("bison/path-token", endpointRow());
  const app = createApp(bench.deps);
  send = async (request) => {
    const response = await app.fetch(request);
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
});

const url = "/bison-webhook/path-token";
const deliver = (body: unknown, headers?: Record<string, string>, path = url) =>
  send(post(path, typeof body === "string" ? body : JSON.stringify(body), headers));

describe("a delivery", () => {
  it.each(bisonTypes)("of %s is stored in one call and answered with exactly 200", async (type) => {
    const { status, body } = await deliver(bisonEvent(type));
    expect(status).toBe(200);
    expect(body).toEqual({ outcome: "processed", event_id: 1, request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(bench.database.received).toEqual([{
      endpointId: 1,
      key: expect.stringContaining(`dedi.emailbison.test|11|${type}|`),
      type,
      payload: JSON.stringify(bisonEvent(type)),
      occurredAt: type.startsWith("TAG_") ? null : expect.stringMatching(/^2026-03-02T1/),
      rejection: null,
      raw: null,
    }]);
  });

  it.each(["processed", "ignored", "duplicate", "failed", "dead"] as const)(
    "that ends as %s is a 200",
    async (outcome) => {
      bench.database.answer = () => outcome;
      expect(await deliver(bisonEvent("EMAIL_SENT"))).toMatchObject({ status: 200, body: { outcome } });
    },
  );

  it("comes as well through the gateway's own path", async () => {
    expect((await deliver(bisonEvent("EMAIL_SENT"), {}, `/functions/v1${url}?source=gateway`)).status).toBe(200);
  });

  it("keeps the digits of its numbers and a literal \\u0000, and loses its NULs", async () => {
    const text = JSON.stringify(bisonEvent("TAG_ATTACHED", { data: { tag_name: "a\0b", taggable_type: "\\u0000" } }))
      .replace('"tag_id":31', '"tag_id":9007199254740993');
    await deliver(text);
    expect(bench.database.received[0]?.payload).toBe(text.replace("a\\u0000b", "ab"));
  });

  it("asks for its endpoint once", async () => {
    for (let serial = 0; serial < 20; serial++) await deliver(bisonEvent("EMAIL_SENT", { serial }));
    expect(bench.database.lookups).toBe(1);
    expect(bench.database.received).toHaveLength(20);
  });
});

describe("the path token", () => {
  it.each(["other-token", "path-token2", "PATH-TOKEN", "path-token%00", "%F0%9F%98%80", "x".repeat(5000)])(
    "%j is refused with 403 and nothing is stored",
    async (token) => {
      const answer = await deliver(bisonEvent("EMAIL_SENT"), {}, `/bison-webhook/${token}`);
      expect(answer).toMatchObject({ status: 403, body: { error: "unknown_token" } });
      expect(bench.database.received).toEqual([]);
    },
  );

  it("of another provider is refused alike", async () => {
    bench.database.endpoints.set("calendly/their-token", endpointRow());
    const answers = [
      await deliver("{}", {}, "/bison-webhook/their-token"),
      await deliver("{}", {}, "/bison-webhook/none"),
    ];
    const told = answers.map(({ status, body }) => ({ status, ...body, request_id: "" }));
    expect(told[0]).toEqual(told[1]);
  });

  it("that is switched off while it is remembered is refused, as SQL looks again", async () => {
    await deliver(bisonEvent("EMAIL_SENT"));
    bench.database.answer = () => sqlError("MR001");
    expect(await deliver(bisonEvent("EMAIL_SENT"))).toMatchObject({ status: 403, body: { error: "unknown_token" } });
  });

  it("is forgotten after 30 s when known and after 3 s when unknown", async () => {
    await deliver(bisonEvent("EMAIL_SENT"));
    bench.clock.now += 29_999;
    await deliver(bisonEvent("EMAIL_SENT"));
    expect(bench.database.lookups).toBe(1);
    bench.clock.now += 2;
    await deliver(bisonEvent("EMAIL_SENT"));
    expect(bench.database.lookups).toBe(2);

    await deliver("{}", {}, "/bison-webhook/new-token");
    await deliver("{}", {}, "/bison-webhook/new-token");
    expect(bench.database.lookups).toBe(3);
    bench.database.endpoints.set("bison/new-token", endpointRow({ endpoint_id: 2 }));
    bench.clock.now += 3_001;
    expect((await deliver(bisonEvent("EMAIL_SENT"), {}, "/bison-webhook/new-token")).status).toBe(200);
  });

  it("is looked up once for many deliveries at the same instant", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, serial) => deliver(bisonEvent("EMAIL_SENT", { serial }))));
    expect(bench.database.lookups).toBe(1);
  });

  it("cannot fill the memory by being guessed", async () => {
    for (let guess = 0; guess < 2_500; guess++) await deliver("{}", {}, `/bison-webhook/guess-${guess}`);
    await deliver("{}", {}, "/bison-webhook/guess-0");
    expect(bench.database.lookups).toBe(2_501);
  });
});

describe("the workspace", () => {
  const foreign = bisonEvent("LEAD_REPLIED", { event: { workspace_id: 12 } });

  it("of another client's URL is refused and kept as a dead letter with its payload", async () => {
    expect(await deliver(foreign)).toMatchObject({ status: 403, body: { error: "workspace_mismatch" } });
    expect(bench.database.received).toMatchObject([
      { type: "LEAD_REPLIED", payload: JSON.stringify(foreign), rejection: "workspace_mismatch", raw: null },
    ]);
  });

  it("is compared with what the endpoint says now", async () => {
    await deliver(bisonEvent("EMAIL_SENT"));
    bench.database.endpoints.set("bison/path-token", endpointRow({ workspace_id: "12" }));
    expect((await deliver(foreign)).status).toBe(200);
  });

  it("is not compared when the endpoint has none", async () => {
    bench.database.endpoints.set("bison/path-token", endpointRow({ workspace_id: null, instance_url: null }));
    expect((await deliver(foreign)).status).toBe(200);
  });
});

describe("a body", () => {
  const refusals: [string, string, Record<string, string>, number, string][] = [
    ["that is no JSON", "{", {}, 400, "invalid_json"],
    ["that is no JSON and does not say so", "<html>", { "content-type": "text/html" }, 415, "unsupported_media_type"],
    ["that is no object", "[]", {}, 400, "invalid_payload"],
    ["without a type", '{"event":{},"data":{}}', {}, 400, "invalid_payload"],
  ];

  it.each(refusals)("%s is refused and its bytes are kept", async (_name, text, headers, status, error) => {
    const answer = await deliver(text, headers);
    expect(answer).toMatchObject({
      status,
      body: { error, message: expect.any(String), request_id: expect.any(String) },
    });
    expect(bench.database.received).toMatchObject([{
      type: "unknown",
      payload: null,
      rejection: error,
      raw: encode(text),
    }]);
  });

  it("that is no UTF-8 is refused and its bytes are kept as they came", async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0x7d]);
    expect(await send(post(url, bytes))).toMatchObject({ status: 400, body: { error: "invalid_encoding" } });
    expect(bench.database.received[0]?.raw).toEqual(bytes);
  });

  it.each(["22P02", "22P05", "22003", "54001", "22021"])(
    "that jsonb refuses with %s is kept as bytes",
    async (code) => {
      const text = JSON.stringify(bisonEvent("LEAD_REPLIED"));
      bench.database.answer = ({ raw }) => raw === null ? sqlError(code) : "rejected";
      expect(await deliver(text)).toMatchObject({ status: 400, body: { error: "invalid_payload" } });
      expect(bench.database.received[1]).toMatchObject({
        payload: null,
        rejection: "invalid_payload",
        raw: encode(text),
      });
    },
  );

  it("without a byte is refused and there is nothing to keep", async () => {
    expect(await deliver("")).toMatchObject({ status: 400, body: { error: "empty_body" } });
    expect(bench.database.received).toEqual([]);
  });

  it("over 1 MiB is refused and not stored", async () => {
    const fitting = JSON.stringify({ event: { type: "X" }, data: "" });
    const exact = fitting.replace('""', `"${"x".repeat(1_048_576 - fitting.length)}"`);
    expect((await deliver(exact)).status).toBe(200);
    expect(await deliver(`${exact} `)).toMatchObject({ status: 413, body: { error: "too_large" } });
    expect(bench.database.received).toHaveLength(1);
  });

  it("with another content type is accepted if it is JSON", async () => {
    for (const type of ["text/plain", "application/octet-stream", "application/vnd.bison+json"]) {
      expect((await deliver(bisonEvent("EMAIL_SENT"), { "content-type": type })).status).toBe(200);
    }
  });
});

describe("when storing fails", () => {
  it.each(["ECONNREFUSED", "CONNECTION_CLOSED", "57P03", "53300", "57014", "40P01", "42883", "XX000"])(
    "with %s the answer is 503 and asks to come back",
    async (code) => {
      bench.database.answer = () => sqlError(code, "secret detail");
      const { status, body, headers } = await deliver(bisonEvent("EMAIL_SENT"));
      expect(status).toBe(503);
      expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
      expect(JSON.stringify(body)).not.toContain("secret detail");
    },
  );

  it("a refused body is not refused for good: 503", async () => {
    bench.database.answer = () => sqlError("ECONNREFUSED");
    expect((await deliver("{")).status).toBe(503);
  });

  it("the lookup of the endpoint answers 503 as well", async () => {
    bench.deps.call = () => Promise.reject(sqlError("ECONNREFUSED"));
    const response = await createApp(bench.deps).fetch(post(url, "{}"));
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
  });
});

describe("a signature", () => {
  const text = JSON.stringify(bisonEvent("EMAIL_SENT"));

  async function sign(secret: string): Promise<string> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", encode(secret), algorithm, false, ["sign"]);
    return [...new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(text)))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  it("is asked for only by endpoints that require it", async () => {
    expect((await deliver(text, { signature: "nonsense" })).status).toBe(200);
    const row = endpointRow({ endpoint_id: 2, require_signature: true, signing_secrets: [await box.seal("key")] });
    bench.database.endpoints.set("bison/signed", row);
    const signed = (headers: Record<string, string>) => deliver(text, headers, "/bison-webhook/signed");
    expect(await signed({})).toMatchObject({ status: 401, body: { error: "invalid_signature" } });
    expect((await signed({ signature: await sign("other") })).status).toBe(401);
    expect((await signed({ signature: await sign("key") })).status).toBe(200);
    expect(bench.database.received).toHaveLength(2);
  });
});

describe("another method", () => {
  it.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])("%s is answered with 405 and what to use", async (method) => {
    const { status, body, headers } = await send(new Request(`http://localhost${url}`, { method }));
    expect([status, headers.get("allow"), body.error]).toEqual([405, "POST", "method_not_allowed"]);
  });

  it("HEAD is answered with 405 and no body", async () => {
    const response = await createApp(bench.deps).fetch(new Request(`http://localhost${url}`, { method: "HEAD" }));
    expect([response.status, response.headers.get("allow"), await response.text()]).toEqual([405, "POST", ""]);
  });

  it.each(["/bison-webhook", "/bison-webhook/", `${url}/more`, "/", "/calendly-webhook/path-token"])(
    "a post to %s is a 404",
    async (path) => expect(await deliver("{}", {}, path)).toMatchObject({ status: 404, body: { error: "not_found" } }),
  );
});

it("neither answers nor logs an address, a token or a secret", async () => {
  const secret = "signing-key-in-clear";
  const sealed = await box.seal(secret);
  bench.database.endpoints.set(
    "bison/signed",
    endpointRow({ endpoint_id: 2, require_signature: true, signing_secrets: [sealed] }),
  );
  const broken = `v1.gone.${sealed.split(".").slice(2).join(".")}`;
  bench.database.endpoints.set(
    "bison/sealed",
    endpointRow({ endpoint_id: 3, require_signature: true, signing_secrets: [broken] }),
  );
  const reply = JSON.stringify(bisonEvent("LEAD_REPLIED"));
  const answers = [
    await deliver(reply),
    await deliver(reply.slice(0, -5)),
    await deliver(reply.replace('"LEAD_REPLIED"', "null")),
    await deliver(reply.replace('"workspace_id":11', '"workspace_id":12')),
    await deliver(reply, { signature: sha256("x") }, "/bison-webhook/signed"),
    await deliver(reply, {}, "/bison-webhook/sealed"),
    await deliver(reply, {}, "/bison-webhook/unknown-token"),
    await deliver(reply, {}, "/bison-webhook/path-token/casey.morgan.0@fabrikam.example"),
  ];
  bench.database.answer = () =>
    sqlError("23505", `Key (email)=(casey.morgan.0@fabrikam.example) in ${url} ${sealed} exists`);
  answers.push(await deliver(reply));
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 403, 401, 503, 403, 404, 503]);

  const told = JSON.stringify([answers.map(({ body }) => body), bench.lines]);
  for (
    const hidden of ["fabrikam", "casey", "@", "path-token", "unknown-token", "bison/signed", secret, sealed, broken]
  ) {
    expect(told).not.toContain(hidden);
  }
  const ids = answers.filter(({ status }) => status >= 400 && status !== 404).map(({ body }) => body.request_id);
  for (const id of ids) expect(bench.lines.some((line) => JSON.parse(line).request_id === id)).toBe(true);
});
