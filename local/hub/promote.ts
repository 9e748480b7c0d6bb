// Promotes what is pending while a file is being read, and the rest of it afterwards. Several at once share the work.

import type postgres from "postgres";

export interface Promoted {
  promoted: number;
  updated: number;
  failed: number;
}

export interface Promoting {
  /** Nothing more will come: resolves when all is promoted. */
  finish(): Promise<Promoted>;
}

type Counts = Record<"promoted" | "updated" | "unchanged" | "failed", string> & { has_more: boolean };

export function startPromoting(connections: readonly postgres.Sql[]): Promoting {
  const total: Promoted = { promoted: 0, updated: 0, failed: 0 };
  let isLast = false;
  const work = async (sql: postgres.Sql) => {
    for (;;) {
      const wasLast = isLast;
      const [done] = await sql<Counts[]>`select * from private.promote_pending(1)`;
      const counts = [done!.promoted, done!.updated, done!.unchanged, done!.failed].map(Number);
      total.promoted += counts[0]!;
      total.updated += counts[1]! + counts[2]!;
      total.failed += counts[3]!;
      if (counts.some((count) => count > 0)) continue;
      if (wasLast && !done!.has_more) return;
      // The next rows are still on their way, or in the hands of another one.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const working = Promise.all(connections.map(work));
  working.catch(() => {});
  return {
    finish: async () => {
      isLast = true;
      await working;
      return total;
    },
  };
}
