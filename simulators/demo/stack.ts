// The stack that the demo plays against: the one named by the environment, the one that runs, or one for the occasion.
import { createReport } from "../../local/report.ts";
import { runningStack, startStack } from "../../local/stack.ts";

export interface Stage {
  functions: string;
  database: string;
  /** The simulated providers, each below its name; none: only the day itself is played. */
  simulators?: string;
  /** For people. */
  what: string;
  stop(): Promise<void>;
}

export async function findStage(write: (line: string) => void): Promise<Stage> {
  const [functions, database] = [Deno.env.get("FUNCTIONS_URL"), Deno.env.get("DATABASE_URL")];
  if (functions && database) return { functions, database, what: "FUNCTIONS_URL", stop: () => Promise.resolve() };
  const running = await runningStack();
  if (running) return { ...running, what: "the running stack", stop: () => Promise.resolve() };
  return await buildStage(write, database);
}

async function buildStage(write: (line: string) => void, databaseUrl?: string): Promise<Stage> {
  write("No stack runs here: one for this demo starts\n");
  const folder = await Deno.makeTempDir({ prefix: "millrace-demo-" });
  await Deno.chmod(folder, 0o755);
  const where = { databaseUrl, folder: `${folder}/data`, apiPort: 0, databasePort: 0, simulatorPort: 0 };
  const starting = startStack({ ...where, report: createReport(write) });

  let stopping: Promise<void> | undefined;
  const stop = () =>
    stopping ??= starting.then((stack) => stack.stop(), () => {})
      .finally(() => Deno.remove(folder, { recursive: true }));
  for (const signal of Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop().finally(() => Deno.exit(signal === "SIGINT" ? 130 : 143)));
  }
  try {
    const { urls } = await starting;
    return { ...urls, what: "a temporary stack, removed at the end", stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
