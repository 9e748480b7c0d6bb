// Loads a file into intake.raw_loads, thousands of rows a transaction. Each transaction notes with its rows how far the file
// was read, so a load that was cut off goes on behind the last committed row: nothing is lost, nothing comes twice.
//
// Two connections take turns: while one stores its rows, the other one is sent the next.

import { finished } from "node:stream/promises";
import type postgres from "postgres";
import { copyData } from "./copy.ts";
import type { Records } from "./records.ts";
import { openRejects, type Reject } from "./rejects.ts";
import { isSameFile, keyOf, openSource } from "./source.ts";

export interface FileLoad {
  file_load_id: string;
  batch_id: string;
  rows_done: number;
  pending: number;
  duplicates: number;
  rejected: number;
  rejects_bytes: number;
  finished_at: Date | null;
}

export interface LoadOptions {
  path: string;
  source: string;
  batch?: string;
  records: Records;
  encoding?: string;
  rejectsPath: string;
  /** Two connections of the database's owner. */
  connections: readonly [postgres.Sql, postgres.Sql];
  /** Called after each transaction. */
  progress?: (done: { share: number; rows: number; rejected: number }) => void | Promise<void>;
  rowsAtOnce?: number;
}

interface Chunk {
  lines: number[];
  text: string[];
  size: number;
  rejects: Reject[];
}

const emptyChunk = (): Chunk => ({ lines: [], text: [], size: 0, rejects: [] });
const bytesAtOnce = 3_145_728;

/** Answers the load as it ended; one that had ended before is not loaded again. */
export async function loadFile(options: LoadOptions): Promise<FileLoad & { isOld: boolean }> {
  const { path, connections, records, rowsAtOnce = 20_000 } = options;
  if (await isSameFile(path, options.rejectsPath)) {
    throw new Error("The file is loaded itself: name another one for its rejects.");
  }
  const load = await begin(options);
  if (load.finished_at) return { ...load, isOld: true };
  const source = await openSource(path, options.encoding);
  const rejects = openRejects(options.rejectsPath, load.rejects_bytes);
  let toSkip = load.rows_done;
  let rows = load.rows_done;
  let rejected = load.rejected;
  let chunk = emptyChunk();
  let turn = 0;
  const running: [Promise<unknown>, Promise<unknown>] = [Promise.resolve(), Promise.resolve()];

  const send = async () => {
    const mine = turn++ % 2;
    const other = running[1 - mine]!;
    const [sent, before] = [chunk, rows];
    chunk = emptyChunk();
    rows += sent.lines.length + sent.rejects.length;
    await running[mine];
    const share = source.read() / Math.max(source.size, 1);
    const work = store(connections[mine]!, load.file_load_id, before, sent, other, rejects.write).then(
      async (refused) => {
        rejected += refused;
        await options.progress?.({ share, rows: before + sent.lines.length + sent.rejects.length, rejected });
      },
    );
    // Seen when its turn comes; until then it is nobody's unhandled rejection.
    work.catch(() => {});
    running[mine] = work;
  };
  const sink = {
    row(line: number, text: string) {
      if (toSkip > 0) return void toSkip--;
      chunk.text.push(text);
      chunk.lines.push(line);
      chunk.size += text.length;
    },
    reject(line: number, field: string, reason: string, raw: string) {
      if (toSkip > 0) return void toSkip--;
      chunk.rejects.push({ line, field, reason, raw: raw.slice(0, 500) });
    },
  };
  try {
    for await (const _ of records(source.bytes, sink)) {
      const isFull = chunk.lines.length + chunk.rejects.length >= rowsAtOnce || chunk.size >= bytesAtOnce;
      if (isFull) await send();
    }
    if (chunk.lines.length + chunk.rejects.length) await send();
    await Promise.all(running);
    await rejects.finish();
  } finally {
    await Promise.allSettled(running);
    rejects.close();
  }
  const [ended] = await connections[0]<FileLoad[]>`select * from intake.end_file_load(${load.file_load_id})`;
  return { ...asNumbers(ended!), isOld: false };
}

async function begin({ path, source, batch, connections }: LoadOptions): Promise<FileLoad> {
  const key = await keyOf(path);
  const name = path.split(/[\\/]/).at(-1)!;
  const [load] = await connections[0]<FileLoad[]>`
    select * from intake.begin_file_load(${key}, ${name}, ${source}, ${batch ?? null})`;
  return asNumbers(load!);
}

const asNumbers = (load: FileLoad): FileLoad => ({
  ...load,
  rows_done: Number(load.rows_done),
  pending: Number(load.pending),
  duplicates: Number(load.duplicates),
  rejected: Number(load.rejected),
  rejects_bytes: Number(load.rejects_bytes),
});

/** One transaction; answers how many rows were refused. */
async function store(
  sql: postgres.Sql,
  load: string,
  before: number,
  chunk: Chunk,
  previous: Promise<unknown>,
  write: (rejects: readonly Reject[]) => Promise<number>,
): Promise<number> {
  return await sql.begin(async (sql) => {
    await sql`select intake.open_incoming()`;
    const copy = await sql`copy pg_temp.incoming (n, content) from stdin with (format binary)`.writable();
    for (const bytes of copyData(chunk.text)) {
      await new Promise<void>((resolve, reject) => copy.write(bytes, (error) => error ? reject(error) : resolve()));
    }
    copy.end();
    // Of a COPY that fails at its very end only the next statement tells.
    await Promise.all([finished(copy), sql`select`]);
    await previous;
    const refused = await sql<{ row_number: string; field: string; reason: string }[]>`
      select * from intake.load_rows(${load}, ${before}, ${chunk.lines.length}, ${chunk.rejects.length})`;
    const rejects = refused.map(({ row_number, field, reason }): Reject => {
      const at = Number(row_number) - 1;
      return { line: chunk.lines[at]!, field, reason, raw: chunk.text[at]! };
    });
    rejects.push(...chunk.rejects);
    if (rejects.length) {
      const length = await write(rejects.sort((one, other) => one.line - other.line));
      await sql`update intake.file_loads set rejects_bytes = ${length} where file_load_id = ${load}`;
    }
    return rejects.length;
  });
}
