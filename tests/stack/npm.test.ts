import { expect, test, vi } from "vitest";
import { root } from "../../local/paths.ts";
import { reservePort } from "../support/ports.ts";
import { patience } from "./command.ts";

test.skipIf(Deno.build.os === "windows")(
  "a command ends in order when npm, and so its shell, is told to stop",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "millrace-npm-" });
    await Deno.chmod(folder, 0o755);
    const port = reservePort();
    const shell = new Deno.Command("/bin/sh", {
      args: [
        "-c",
        `node "$0" db --data "$1" --port "$2" --no-seed; true`,
        `${root}/local/run.mjs`,
        `${folder}/data`,
        `${port}`,
      ],
      env: { DATABASE_URL: "", npm_lifecycle_event: "db" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let said = "";
    const reading = (async () => {
      for await (const text of shell.stdout.pipeThrough(new TextDecoderStream())) said += text;
    })();
    await vi.waitFor(() => expect(said).toContain("Ctrl-C stops it."), patience);
    shell.kill("SIGTERM");
    // Whoever still runs holds the pipe.
    await reading;
    await expect(Deno.connect({ hostname: "127.0.0.1", port })).rejects.toBeInstanceOf(Deno.errors.ConnectionRefused);
    await Deno.remove(folder, { recursive: true });
  },
  2 * patience,
);
