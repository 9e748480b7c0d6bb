// A simulated OpenAI-compatible server. It knows nothing: it fills the asked shape with words that say where they are from.
import { Hono } from "hono";
import { Faults } from "../faults.ts";
import { createProviderControl } from "../provider_control.ts";

export interface AiOptions {
  apiKey?: string;
  /** What the next answers say instead; the last one stays. */
  answers?: string[];
}

interface Shape {
  type?: string | string[];
  properties?: Record<string, Shape>;
  items?: Shape;
  required?: string[];
}

interface Completion {
  model: string;
  messages: { role: string; content: string }[];
  response_format?: { type: string; json_schema?: { schema: Shape } };
}

export class AiSimulator {
  readonly faults = new Faults();
  readonly app: Hono;
  readonly requests: Completion[] = [];
  losses = 0;

  constructor(readonly options: AiOptions = {}) {
    const refused = () => Response.json({ error: { message: "Incorrect API key provided" } }, { status: 401 });
    this.app = new Hono().route("/_simulator", createProviderControl(this, { "401": refused }));
    this.app.post("/v1/chat/completions", async (c) => {
      const body: Completion = await c.req.json();
      this.requests.push(body);
      const fault = this.faults.take("/chat/completions");
      if (fault) return await fault;
      const { apiKey = "demo-ai-key", answers = [] } = this.options;
      if (c.req.header("authorization") !== `Bearer ${apiKey}`) return refused();
      const content = (answers.length > 1 ? answers.shift() : answers[0]) ??
        JSON.stringify(fill(body.response_format?.json_schema?.schema ?? {}, "draft"));
      return c.json({
        id: `chatcmpl-${this.requests.length}`,
        object: "chat.completion",
        created: 1_770_000_000,
        model: body.model,
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
        usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
      });
    });
  }

  state() {
    return { requests: this.requests.length };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function createAiSimulator(options: AiOptions = {}): AiSimulator {
  return new AiSimulator(options);
}

function fill({ type, properties = {}, items }: Shape, path: string): unknown {
  switch (Array.isArray(type) ? type[0] : type) {
    case "object":
      return Object.fromEntries(Object.entries(properties).map(([name, shape]) => [name, fill(shape, name)]));
    case "array":
      return [fill(items ?? {}, path)];
    case "number":
      return 1;
    case "boolean":
      return false;
    default:
      return `Simulated ${path.replaceAll("_", " ")}`;
  }
}
