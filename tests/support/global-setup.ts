import { startTestServer } from "./server.ts";

/** One server a run: its template database is what every test's database is cloned from. */
export default async function (): Promise<() => Promise<void>> {
  const server = await startTestServer();
  return () => server.stop();
}
