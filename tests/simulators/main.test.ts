import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { providerUrls } from "../../simulators/providers.ts";
import { startReceiver } from "./receiver.ts";

test("the simulators say where they are, each below its name, and deliver to FUNCTIONS_URL", async () => {
  const receiver = startReceiver(200);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", `--config=${root}/deno.json`, `${root}/simulators/main.ts`],
    env: { SIMULATOR_PORT: "0", FUNCTIONS_URL: receiver.url },
    stdout: "piped",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { url } = JSON.parse((await reader.read()).value!);
    await reader.cancel();
    const { providers } = await (await fetch(url)).json();
    expect(providers).toContain("calendly");
    for (const base of Object.values(providerUrls(url))) {
      expect(providers).toContain(new URL(base).pathname.split("/")[1]);
    }

    const lead = { email: "dana@lead.example" };
    const answer = await fetch(`${url}/bison/_simulator/send`, { method: "POST", body: JSON.stringify({ lead }) });
    expect((await answer.json()).events).toMatchObject([{ type: "LEAD_FIRST_CONTACTED" }, { type: "EMAIL_SENT" }]);
    expect(receiver.paths).toEqual(Array(2).fill("/hook/bison-webhook/demo-bison-northwind"));
  } finally {
    child.kill("SIGTERM");
    expect((await child.status).code).toBe(0);
    await receiver.close();
  }
});
