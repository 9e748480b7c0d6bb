import { apiDeps, createApp } from "./app.ts";

const app = createApp(apiDeps());

export default { fetch: app.fetch };
