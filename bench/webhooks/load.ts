// The load generator, a process of its own: makes every request beforehand, then sends them over raw keep-alive
// connections, so that its share of the machine is small and the same for every side. Reads a Load as JSON from its
// argument; prints a line when it begins to send, and a LoadResult at the end.

import process from "node:process";
import type { Delivery, Kind, Spread } from "./deliveries.ts";
import { delivery } from "./deliveries.ts";

export interface Load {
  url: string;
  kind: Kind;
  spread: Spread;
  /** Numbers of the deliveries: `count` of them from `first` on; again from the first on when they repeat. */
  first: number;
  count: number;
  repeat?: boolean;
  connections: number;
  seconds: number;
  /** Requests a second, sent when they are due whether or not others are answered; without it, as fast as answered. */
  rate?: number;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  /** Milliseconds; under a rate from when the request was due. */
  p50: number;
  p99: number;
  slowest: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  bodyBytes: number;
  /** Share of one core that sending took. */
  ownCpu: number;
}

type Request = Uint8Array;

const load: Load = JSON.parse(Deno.args[0]!);
const { hostname, port } = new URL(load.url);
const deliveries = Array.from({ length: load.count }, (_, i) => delivery(load.kind, load.first + i, load.spread));
const bodyBytes = deliveries.reduce((sum, { body }) => sum + body.length, 0) / load.count;
const requests = deliveries.map(encode);

const latencies: number[] = [];
const statuses: Record<string, number> = {};
let next = 0;

function encode({ path, headers, body }: Delivery): Request {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    "content-type: application/json",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${new TextEncoder().encode(body).length}`,
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

function take(): Request | undefined {
  if (next === requests.length && load.repeat) next = 0;
  return requests[next++];
}

/** One connection; `exchange` sends a request and returns the status of its answer. */
async function connect(): Promise<{ exchange(request: Request): Promise<string>; close(): void }> {
  const connection = await Deno.connect({ hostname, port: Number(port) });
  connection.setNoDelay();
  const buffer = new Uint8Array(16_384);
  const decoder = new TextDecoder("latin1");
  return {
    async exchange(request) {
      for (let sent = 0; sent < request.length;) sent += await connection.write(request.subarray(sent));
      for (let answer = "", end = Infinity;;) {
        const length = await connection.read(buffer);
        if (length === null) throw new Error(`The server closed the connection after: ${answer}`);
        answer += decoder.decode(buffer.subarray(0, length));
        if (end === Infinity) end = endOf(answer);
        if (answer.length >= end) return answer.slice(9, 12);
      }
    },
    close: () => connection.close(),
  };
}

/** Length of the whole answer, as soon as its head is there. */
function endOf(answer: string): number {
  const head = answer.indexOf("\r\n\r\n");
  if (head < 0) return Infinity;
  const length = /^content-length: *(\d+)/im.exec(answer.slice(0, head));
  if (!length) throw new Error(`An answer without a length: ${answer.slice(0, head)}`);
  return head + 4 + Number(length[1]);
}

function record(status: string, since: number): void {
  latencies.push(performance.now() - since);
  statuses[status] = (statuses[status] ?? 0) + 1;
}

/** Every connection sends its next request as soon as the last one is answered. */
async function closedLoop(until: number): Promise<void> {
  await Promise.all(Array.from({ length: load.connections }, async () => {
    const connection = await connect();
    for (let request = take(); request && performance.now() < until; request = take()) {
      const since = performance.now();
      record(await connection.exchange(request), since);
    }
    connection.close();
  }));
}

/** Requests fall due at a steady rate and wait for a free connection, of which there are more than are needed. */
async function openLoop(rate: number, until: number): Promise<void> {
  const idle = await Promise.all(Array.from({ length: load.connections }, connect));
  const all = [...idle];
  const waiting: { request: Request; due: number }[] = [];
  const sending = new Set<Promise<void>>();
  const begin = performance.now();
  const send = async (connection: typeof idle[number], { request, due }: typeof waiting[number]) => {
    record(await connection.exchange(request), due);
    const following = waiting.shift();
    if (following) return await send(connection, following);
    idle.push(connection);
  };
  for (let number = 0; performance.now() < until;) {
    for (let due = begin + number * 1000 / rate; due <= performance.now(); due = begin + ++number * 1000 / rate) {
      const request = take();
      if (!request) break;
      const connection = idle.pop();
      if (!connection) {
        waiting.push({ request, due });
        continue;
      }
      const done = send(connection, { request, due }).finally(() => sending.delete(done));
      sending.add(done);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(sending);
  all.forEach((connection) => connection.close());
}

console.log("started");
const cpuBefore = cpuSeconds();
const started = performance.now();
const until = started + load.seconds * 1000;
await (load.rate ? openLoop(load.rate, until) : closedLoop(until));
const seconds = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? NaN;
const result: LoadResult = {
  requests: latencies.length,
  seconds,
  p50: at(0.5),
  p99: at(0.99),
  slowest: at(1),
  statuses,
  bodyBytes,
  ownCpu: (cpuSeconds() - cpuBefore) / seconds,
};
console.log(JSON.stringify(result));
Deno.exit(0);

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
