import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { startReceiver } from "./receiver.ts";

test("the simulators say where they are, take the next free ports and deliver to FUNCTIONS_URL", async () => {
  const receiver = startReceiver(200);
  const blocker = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken = (blocker.addr as Deno.NetAddr).port;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", `--config=${root}/deno.json`, `${root}/simulators/main.ts`],
    env: { SIMULATOR_PORT: `${taken}`, FUNCTIONS_URL: receiver.url },
    stdout: "piped",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { bison, calendly } = JSON.parse((await reader.read()).value!);
    await reader.cancel();
    expect(Number(new URL(bison).port)).toBeGreaterThan(taken);
    expect(Number(new URL(calendly).port)).toBeGreaterThan(Number(new URL(bison).port));

    const lead = { email: "dana@lead.example" };
    const answer = await fetch(`${bison}/_simulator/send`, { method: "POST", body: JSON.stringify({ lead }) });
    expect((await answer.json()).events).toMatchObject([{ type: "LEAD_FIRST_CONTACTED" }, { type: "EMAIL_SENT" }]);
    expect(receiver.paths).toEqual(Array(2).fill("/hook/bison-webhook/demo-bison-northwind"));
  } finally {
    child.kill("SIGTERM");
    expect((await child.status).code).toBe(0);
    blocker.close();
    await receiver.close();
  }
});
