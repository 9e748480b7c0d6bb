/** A webhook receiver that answers with these statuses in turn, the last one for ever; "hang" never answers. */
export interface Receiver {
  url: string;
  requests: { headers: Headers; body: string }[];
  paths: string[];
  close(): Promise<void>;
}

export function startReceiver(...answers: (number | "hang")[]): Receiver {
  const requests: Receiver["requests"] = [];
  const paths: string[] = [];
  const hanging: (() => void)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    paths.push(new URL(request.url).pathname);
    requests.push({ headers: request.headers, body: await request.text() });
    const answer = answers[Math.min(requests.length, answers.length) - 1] ?? 200;
    if (answer === "hang") await new Promise<void>((release) => hanging.push(release));
    return new Response(answer === 204 ? null : "answer", { status: answer === "hang" ? 200 : answer });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/hook`,
    requests,
    paths,
    close: async () => {
      hanging.forEach((release) => release());
      await server.shutdown();
    },
  };
}

/** The keys of an object and of the objects in it, as "a", "a.b"; what an array holds is told by its first element. */
export function keysOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.length ? keysOf(value[0], `${path}[]`) : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = path ? `${path}.${key}` : key;
    return [name, ...keysOf(inner, name)];
  });
}
