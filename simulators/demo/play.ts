// Delivers a day's posts in the order of their arrival, many at once, and keeps every answer.
import type { Day, Line, Post } from "./day.ts";

export interface Answered {
  post: Post;
  status: number | null;
  outcome: string;
  eventId: number | null;
}

const WINDOW_MS = 20 * 60_000;
const AT_ONCE = 8;

export async function play(day: Day, tell: (line: Line) => void): Promise<Answered[]> {
  const lines = [...day.lines].sort((a, b) => a.at.getTime() - b.at.getTime());
  const windows = [...Map.groupBy(day.posts, ({ arrives }) => Math.floor(arrives.getTime() / WINDOW_MS))];
  const answers: Answered[] = [];
  for (const [window, posts] of windows.sort(([a], [b]) => a - b)) {
    while (lines[0] && lines[0].at.getTime() < (window + 1) * WINDOW_MS) tell(lines.shift()!);
    answers.push(...await deliverAll(shuffled(posts, day.chance)));
  }
  lines.forEach(tell);
  return answers;
}

async function deliverAll(posts: Post[]): Promise<Answered[]> {
  const waiting = [...posts];
  const answers: Answered[] = [];
  const deliverer = async () => {
    for (let post = waiting.shift(); post; post = waiting.shift()) answers.push(...await deliver(post));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, deliverer));
  return answers;
}

async function deliver(post: Post): Promise<Answered[]> {
  const deliveries = await Promise.all(post.deliver().map(({ done }) => done));
  return deliveries.map(({ attempts }) => {
    const { status, answer } = attempts.at(-1)!;
    const { outcome, event_id, error } = parsed(answer);
    return { post, status, outcome: outcome ?? error ?? answer.slice(0, 80), eventId: event_id ?? null };
  });
}

function parsed(answer: string): { outcome?: string; event_id?: number; error?: string } {
  try {
    return JSON.parse(answer) ?? {};
  } catch {
    return {};
  }
}

function shuffled<T>(list: T[], chance: () => number): T[] {
  return list.map((item) => ({ item, key: chance() })).sort((a, b) => a.key - b.key).map(({ item }) => item);
}
