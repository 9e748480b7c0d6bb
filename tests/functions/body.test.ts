// Bodies over real connections, where they come in pieces, break off, or never end.

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp } from "../../supabase/functions/bison-webhook/app.ts";
import { createBodyReader, readBody } from "../../supabase/functions/_shared/body.ts";
import { bisonEvent } from "../fixtures/bison.ts";
import { type Bench, createBench, encode, endpointRow } from "./support.ts";

const mebibyte = 1_048_576;
let bench: Bench;
let server: Deno.HttpServer<Deno.NetAddr>;
let url: string;

beforeAll(() => {
  server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => createApp(bench.deps).fetch(request),
  );
  url = `http://127.0.0.1:${server.addr.port}/bison-webhook/token`;
});
afterAll(() => server.shutdown());
beforeEach(() => {
  bench = createBench();
  bench.database.endpoints.set("bison/token", endpointRow());
});

/** A body sent in chunks, so without a Content-Length. */
function chunked(chunk: Uint8Array<ArrayBuffer>, times: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      if (times-- > 0) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

describe("a body over the wire", () => {
  it("is accepted in chunks", async () => {
    const text = JSON.stringify(bisonEvent("LEAD_REPLIED"));
    const body = new Response(text).body!.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(bytes, controller) {
          for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
        },
      }),
    );
    const response = await fetch(url, { method: "POST", body });
    expect(response.status).toBe(200);
    await response.body?.cancel();
    expect(bench.database.received[0]?.payload).toBe(text);
  });

  it.each([[mebibyte + 1, "just too large"], [5 * mebibyte, "five times too large"]])(
    "of %i bytes gets its 413, with and without a length",
    async (length) => {
      for (const body of [new Uint8Array(length), chunked(new Uint8Array(Math.ceil(length / 16)), 16)]) {
        const response = await fetch(url, { method: "POST", body });
        const { error } = await response.json();
        expect([response.status, error]).toEqual([413, "too_large"]);
      }
    },
  );

  it("of 100 MB is not listened to until its end", async () => {
    const answer = await fetch(url, { method: "POST", body: chunked(new Uint8Array(65_536), 1_600) })
      .then((response) => response.status, () => "refused");
    expect(answer === 413 || answer === "refused").toBe(true);
    const after = await fetch(url, { method: "POST", body: JSON.stringify(bisonEvent("EMAIL_SENT")) });
    expect(after.status).toBe(200);
    await after.body?.cancel();
  });

  it("is left to its sender from 8 MiB on", async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    }, { highWaterMark: 0 });
    await expect(readBody(new Request("http://x/", { method: "POST", body }))).rejects.toMatchObject({ status: 413 });
    expect(pulled).toBe(8 * mebibyte + 65_536);
  });

  it("that breaks off does no harm", async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    await connection.write(encode("POST /bison-webhook/token HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"));
    connection.close();
    await vi.waitFor(() => expect(bench.lines.join()).toContain('"incomplete_body"'), 60_000);
    expect(bench.database.received).toEqual([]);
    expect(bench.lines.filter((line) => line.includes('"error"'))).toEqual([]);
  });

  it("with a length that is a lie is cut by the server, not believed by us", async () => {
    const request = new Request("http://x/", {
      method: "POST",
      body: "x".repeat(2 * mebibyte),
      headers: { "content-length": "5" },
    });
    await expect(readBody(request)).rejects.toMatchObject({ status: 413 });
  });

  it("is read also when the method is wrong, so that the connection stays usable", async () => {
    const response = await fetch(url, { method: "PUT", body: "x".repeat(100_000) });
    expect(response.status).toBe(405);
    await response.body?.cancel();
  });
});

describe("a body that comes too slowly", () => {
  const never = () =>
    new Request("http://x/", {
      method: "POST",
      body: new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(encode("{")) }),
    });

  it("is given up", async () => {
    const read = createBodyReader(50);
    await expect(read(never())).rejects.toMatchObject({ status: 408, code: "too_slow" });
    await expect(read(never())).rejects.toMatchObject({ status: 408, code: "too_slow" });
  });

  it("has its whole time, whoever began before it", async () => {
    vi.useFakeTimers();
    try {
      const read = createBodyReader(50);
      const given: string[] = [];
      read(never()).catch(() => given.push("first"));
      await vi.advanceTimersByTimeAsync(30);
      read(never()).catch(() => given.push("second"));
      await vi.advanceTimersByTimeAsync(49);
      expect(given).toEqual(["first"]);
      await vi.advanceTimersByTimeAsync(1);
      expect(given).toEqual(["first", "second"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
