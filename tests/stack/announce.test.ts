import { expect, test } from "vitest";
import { announce, runningStack } from "../../local/stack.ts";

test("a stack is found while it runs; what a killed one left behind leads nobody to another's ports", async () => {
  const folder = await Deno.makeTempDir();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("ok"));
  const urls = { pid: 1, functions: `http://127.0.0.1:${server.addr.port}`, database: "postgres://a@127.0.0.1:1/b" };
  expect(await runningStack(folder)).toBeUndefined();

  const withdraw = await announce(urls, folder);
  expect(await runningStack(folder)).toEqual(urls);
  // Of a clone that runs two, the first is known.
  const withdrawSecond = await announce({ ...urls, database: "postgres://a@127.0.0.1:1/c" }, folder);
  await withdrawSecond();
  expect(await runningStack(folder)).toEqual(urls);
  await withdraw();
  expect(await runningStack(folder)).toBeUndefined();

  await Deno.writeTextFile(`${folder}/stack.json`, JSON.stringify(urls));
  expect(await runningStack(folder)).toBeUndefined();
  await Deno.remove(folder, { recursive: true });
});
