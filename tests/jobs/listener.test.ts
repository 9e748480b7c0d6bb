import { expect, test } from "vitest";
import { listenForJobs } from "../../local/listener.ts";
import { createLog } from "../../supabase/functions/_shared/log.ts";

test("a database that closes every connection is said to be away, and left alone", async () => {
  let connections = 0;
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      connections++;
      connection.close();
    }
  })();
  const url = `postgres://worker:secret@127.0.0.1:${(listener.addr as Deno.NetAddr).port}/postgres`;
  await expect(listenForJobs(url, "tester", () => {}, createLog("error", () => {}))).rejects.toThrow(
    "The database does not answer",
  );
  const before = connections;
  await new Promise((resolve) => setTimeout(resolve, 500));
  // One may have been on its way.
  expect(connections - before).toBeLessThan(5);
  listener.close();
  await serving.catch(() => {});
});
