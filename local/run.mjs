// `node local/run.mjs <command> [arguments]`: what every npm script starts. Plain Node without dependencies: it installs
// what is missing and hands over to Deno.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const deno = (script, ...flags) => ["run", "--allow-all", `--config=${root}deno.json`, ...flags, `${root}${script}`];
/** What a person set in .env; tests and checks do not look at it. */
const env = existsSync(`${root}.env`) ? [`--env-file=${root}.env`] : [];

const commands = {
  start: deno("local/start.ts", ...env),
  test: deno("local/test.ts"),
  demo: deno("simulators/demo.ts", ...env),
  db: deno("local/db.ts", ...env),
  reset: deno("local/reset.ts", ...env),
  types: deno("local/types.ts"),
  "api:client": deno("local/client.ts"),
  connect: deno("local/connect.ts", ...env),
  worker: deno("local/worker.ts", ...env),
  "tenant:create": deno("local/tenant_create.ts", ...env),
  "secrets:rotate": deno("local/secrets_rotate.ts", ...env),
  "hub:load": deno("local/hub_load.ts", "--v8-flags=--max-semi-space-size=2", ...env),
  "test:pgcron": deno("local/test_pgcron.ts"),
  "check:plpgsql": deno("local/check_plpgsql.ts"),
  lint: deno("local/lint.ts"),
  check: deno("local/check.ts"),
  fmt: ["fmt", `--config=${root}deno.json`],
  drill: deno("tests/drill/drill.ts"),
  "drill:outage": deno("tests/drill/outage.ts"),
  "bench:webhooks": deno("bench/webhooks.ts"),
  "bench:sync": deno("bench/sync.ts"),
  "bench:queue": deno("bench/queue.ts"),
  "bench:outbox": deno("bench/outbox.ts"),
  "bench:rls": deno("bench/rls.ts"),
  "bench:hub": deno("bench/hub.ts"),
  "bench:slots": deno("bench/slots.ts"),
  "test:hub": deno("tests/hub/full.ts"),
  "bench:reports": deno("bench/reports.ts"),
  "bench:fullsync": deno("bench/fullsync.ts"),
};

/** Of these nobody can tell what was meant: their value may have become another argument. */
const unclear = ["data", "database-port", "simulator-port", "date", "source", "batch", "format", "encoding", "rejects"];
unclear.push("promote", "provider", "client", "instance", "name", "time-zone", "website", "bison-url", "calendly");

/**
 * npm keeps `--port 5000` for itself unless it stands behind `--`: the flag then arrives as a variable, and the number,
 * if there was a space before it, as the first argument.
 */
function flagsThatNpmTook() {
  const { npm_config_port: port, npm_config_fresh: fresh, npm_config_seed: seeded } = process.env;
  const lost = unclear.find((flag) => process.env[`npm_config_${flag.replaceAll("-", "_")}`] !== undefined);
  if (lost) {
    const script = process.env.npm_lifecycle_event ?? name;
    console.error(
      `npm kept --${lost} for itself: put -- before the flags, as in \`npm run ${script} -- --${lost} ...\`.`,
    );
    process.exit(2);
  }
  return [
    ...(fresh === "true" ? ["--fresh"] : []),
    ...(seeded === "" || seeded === "false" ? ["--no-seed"] : []),
    ...(port ? ["--port", ...(port === "true" ? [] : [port])] : []),
  ];
}

/** Runs `npm ci` unless node_modules was made from this very lock file, by us or by hand. */
function install() {
  const lockFile = `${root}package-lock.json`;
  const marker = `${root}node_modules/.millrace-lock`;
  const lock = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  if (existsSync(marker) ? readFileSync(marker, "utf8") === lock : isInstalledByHand(lockFile)) return;
  console.error("Installing the npm packages ...");
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const { status } = npm?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(marker, lock);
}

/** npm leaves a lock file of its own behind, as the last thing it does. */
function isInstalledByHand(lockFile) {
  const installed = `${root}node_modules/.package-lock.json`;
  return existsSync(installed) && existsSync(`${root}node_modules/vitest`) &&
    statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** The native binary itself: the package's own launcher would not pass signals on. */
function denoPath() {
  return createRequire(`${root}package.json`)("deno/install_api.cjs").runInstall();
}

const [name, ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  console.error(`There is no command ${name ?? ""}: use one of ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}
if (process.versions.node.split(".")[0] < 20) {
  console.error(`Millrace needs Node 20 or newer; this is ${process.version}.`);
  process.exit(2);
}

install();
const child = spawn(denoPath(), [...command, ...flagsThatNpmTook(), ...args], {
  stdio: "inherit",
  env: {
    ...process.env,
    DENO_NO_PACKAGE_JSON: undefined,
    DENO_NO_UPDATE_CHECK: "1",
    DENO_DIR: process.env.DENO_DIR ?? `${root}.millrace/deno`,
  },
});
// A terminal sends Ctrl-C to the child as well: then this process only has to stay until the child is done.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// npm hands a signal to the shell that it started us in, and that keeps it for itself.
const shell = process.ppid;
if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== shell && child.kill("SIGTERM"), 500);
child.on("error", (error) => {
  console.error(`Deno did not start: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (!signal) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
