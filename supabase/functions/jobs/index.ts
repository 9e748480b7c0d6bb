import { integerEnv, requiredEnv } from "../_shared/env.ts";
import { createApp } from "./app.ts";
import { workerDeps } from "./deps.ts";
import { createWorker } from "./worker.ts";

const { deps, options } = workerDeps(`functions/jobs ${crypto.randomUUID().slice(0, 8)}`);
const worker = createWorker(deps, options);
const edge = (globalThis as { EdgeRuntime?: { waitUntil(work: Promise<unknown>): void } }).EdgeRuntime;
const background = (work: Promise<void>) => edge?.waitUntil(work);
const budget = integerEnv("JOBS_BUDGET_MS", 50_000);
const app = createApp({ worker, secret: requiredEnv("JOBS_SECRET"), budget, background, log: deps.log });

export default { fetch: app.fetch };
