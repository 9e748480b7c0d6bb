// EmailBison's two ways to page: numbered pages, which stop at page 1,000, and cursors.
import type { Context } from "hono";

export const PER_PAGE = 15;
const LAST_PAGE = 1_000;

export function page<T>(c: Context, all: T[], row: (one: T) => unknown, perPage = PER_PAGE): Response {
  const current = Math.min(Math.max(Number(c.req.query("page") ?? 1), 1), LAST_PAGE);
  const last = Math.max(Math.ceil(all.length / perPage), 1);
  const from = (current - 1) * perPage;
  const rows = all.slice(from, from + perPage);
  const path = `${new URL(c.req.url).origin}${c.req.path}`;
  const link = (number: number) => number >= 1 && number <= last ? `${path}?page=${number}` : null;
  return c.json({
    data: rows.map(row),
    links: { first: link(1), last: link(last), prev: link(current - 1), next: link(current + 1) },
    meta: {
      current_page: current,
      from: rows.length ? from + 1 : null,
      last_page: last,
      path,
      per_page: perPage,
      to: rows.length ? from + rows.length : null,
      total: all.length,
    },
  });
}

/** Newest first; the cursor names the last row seen, so that rows arriving meanwhile move nothing. */
export function cursorPage<T>(c: Context, all: T[], row: (one: T) => { id: number }): Response {
  const before = cursorId(c.req.query("cursor"));
  const rows = all.map(row).filter(({ id }) => id < before);
  const shown = rows.slice(0, PER_PAGE);
  const next = rows.length > PER_PAGE ? btoa(JSON.stringify({ id: shown.at(-1)!.id, _pointsToNextItems: true })) : null;
  return c.json({
    data: shown,
    links: { first: null, last: null, prev: null, next: next && `${c.req.path}?cursor=${encodeURIComponent(next)}` },
    meta: { per_page: PER_PAGE, next_cursor: next, prev_cursor: null },
  });
}

function cursorId(cursor: string | undefined): number {
  if (!cursor) return Infinity;
  try {
    return JSON.parse(atob(cursor)).id;
  } catch {
    return Infinity;
  }
}

export function cursorOrPage<T>(c: Context, all: T[], row: (one: T) => { id: number }): Response {
  return c.req.query("pagination_type") === "cursor" ? cursorPage(c, all, row) : page(c, all, row);
}
