import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csv } from "../../local/hub/csv.ts";
import { mappings, parseMapping } from "../../local/hub/mappings.ts";
import type { Records } from "../../local/hub/records.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { gzip, load, readLines, states, writeFile } from "./support.ts";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createDatabase();
  folder = await Deno.makeTempDir();
});
afterAll(async () => {
  await database?.drop();
  await Deno.remove(folder, { recursive: true });
});

const write = (name: string, content: string | Uint8Array) => writeFile(`${folder}/${name}`, content);

async function stored(batch: string): Promise<unknown[]> {
  const rows = await database.sql()`
    select raw_data from intake.raw_loads where batch_id = ${batch} order by load_id`;
  return rows.map(({ raw_data }) => raw_data);
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2 + 2);
  [0xfeff, ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))].forEach((code, i) => {
    bytes[2 * i] = code & 0xff;
    bytes[2 * i + 1] = code >> 8;
  });
  return bytes;
}

describe("a CSV file", () => {
  const apollo =
    '\ufeffFirst Name,Last Name,Email,Company,Title,Keywords\r\n"Ann ""A""",Lee,ann@apollo.example,"Acme, Inc.","Head\nof Sales",50\r\n';
  const wanted = [{
    first_name: 'Ann "A"',
    last_name: "Lee",
    email: "ann@apollo.example",
    company: "Acme, Inc.",
    title: "Head\nof Sales",
    Keywords: "50",
  }];

  test("of Apollo, with mark, quotes and line ends of Windows", async () => {
    await load(database, await write("a.csv", apollo), {
      source: "apollo",
      batch: "csv",
      records: csv(mappings.apollo!),
    });
    expect(await stored("csv")).toEqual(wanted);
  });

  test("packed, and in UTF-16", async () => {
    const rows = apollo.replace("ann@", "zip@");
    await load(database, await write("a.csv.gz", await gzip(rows)), { batch: "gz", records: csv(mappings.apollo!) });
    expect(await stored("gz")).toEqual([{ ...wanted[0], email: "zip@apollo.example" }]);
    await load(database, await write("b.csv", utf16(apollo.slice(1).replace("ann@", "wide@"))), {
      batch: "utf16",
      records: csv(mappings.apollo!),
    });
    expect(await stored("utf16")).toEqual([{ ...wanted[0], email: "wide@apollo.example" }]);
  });

  test("with semicolons and columns that are told", async () => {
    const path = await write("c.csv", "Mail;Firma;Ort\nx@told.example;Firma X;Bonn\n");
    await load(database, path, { batch: "told", records: csv(parseMapping("email=Mail,company=Firma|Betrieb")) });
    expect(await stored("told")).toEqual([{ email: "x@told.example", company: "Firma X", Ort: "Bonn" }]);
  });

  test("loses nobody behind a broken quote", async () => {
    const path = await write(
      "d.csv",
      'email,name\na@quote.example,A\n"b@quote.example,B\nc@quote.example,"C"\n\nd@quote.example,"D"x\ne@quote.example,E,too,many\nf@quote.example,"F\n',
    );
    const done = await load(database, path, { batch: "quote", records: csv(mappings.plain!) });
    expect([done.rows_done, done.pending, done.rejected]).toEqual([6, 2, 4]);
    expect(await stored("quote")).toEqual([
      { email: "a@quote.example", name: "A" },
      { email: "c@quote.example", name: "C" },
    ]);
    expect((await readLines(`${path}.rejects.csv`)).slice(1).map((line) => line.split(",").slice(0, 3).join(",")))
      .toEqual([
        '3,"row","has text behind a closing quote"',
        '6,"row","has text behind a closing quote"',
        '7,"row","has more values than there are columns"',
        '8,"row","has a quote that is not closed"',
      ]);
  });

  test("whatever its pieces are", async () => {
    const text = "email,name\n" +
      Array.from({ length: 40 }, (_, i) => `p${i}@piece.example,"N ""${i}"", ü\n"`).join("\r\n");
    const bytes = new TextEncoder().encode(text);
    const rows: string[] = [];
    for (const size of [1, 7, 64, bytes.length]) {
      const pieces = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
          controller.close();
        },
      });
      const seen: string[] = [];
      const sink = {
        row: (line: number, text: string) => void seen.push(`${line} ${text}`),
        reject: () => expect.fail(),
      };
      for await (const _ of csv(mappings.plain!)(pieces, sink));
      rows.push(seen.join("\n"));
      expect(seen).toHaveLength(40);
    }
    expect(new Set(rows).size).toBe(1);
  });
});

test("rows of Apify and StoreLeads find their fields", async () => {
  const { jsonLines } = await import("../../local/hub/records.ts");
  await load(
    database,
    await write("e.jsonl", '{"fullName":"Kim","emails":["kim@apify.example"],"companyName":"K","headline":"CEO"}'),
    {
      batch: "apify",
      records: jsonLines(mappings.apify!),
    },
  );
  expect((await stored("apify"))[0]).toMatchObject({
    name: "Kim",
    email: "kim@apify.example",
    company: "K",
    title: "CEO",
  });
  await load(
    database,
    await write("f.csv", "domain,merchant_name,emails\nshop.example,Shop,info@shop.example:two@shop.example\n"),
    {
      batch: "leads",
      records: csv(mappings.storeleads!),
    },
  );
  expect((await stored("leads"))[0]).toEqual({ domain: "shop.example", company: "Shop", email: "info@shop.example" });
});

test("a row that Postgres takes for no JSON ends the load and stores nothing", async () => {
  const path = await write("k.jsonl", "{}");
  const broken: Records = async function* (_, sink) {
    sink.row(1, '{"email": "a@broken.example"}');
    sink.row(2, '{"email": ');
    yield;
  };
  await expect(load(database, path, { batch: "broken", records: broken })).rejects.toThrow();
  expect(await stored("broken")).toEqual([]);
});

test("names of files and batches are stored as they are", async () => {
  const [name, batch] = ['j "ü" 😀.jsonl', "tab\there, \x01 \x02\nand ü"];
  const path = await write(name, '{"email": "names@file.example", "note": "é😀"}');
  await load(database, path, { batch, source: "a source, too" });
  const rows = await database.sql()`
    select batch_id, source, metadata, status, raw_data ->> 'note' as note from intake.raw_loads where batch_id = ${batch}`;
  expect([...rows]).toEqual([
    { batch_id: batch, source: "a source, too", metadata: { file: name }, status: "pending", note: "é😀" },
  ]);
});

test("a load that was cut off goes on behind its last committed row", async () => {
  const sql = database.sql();
  const lines = Array.from(
    { length: 1_000 },
    (_, i) => i % 10 === 3 ? "broken" : `{"email": "p${i}@cut.example", "note": "${"long ".repeat(200)}"}`,
  );
  const path = await write("g.jsonl", lines.join("\n"));
  let chunks = 0;
  const cut = load(database, path, {
    batch: "cut",
    rowsAtOnce: 50,
    progress: () => {
      if (++chunks === 4) throw new Error("the power goes");
    },
  });
  await expect(cut).rejects.toThrow("the power goes");
  const [half] = await sql`select rows_done::integer from intake.file_loads where batch_id = 'cut'`;
  expect(half!.rows_done).toBeGreaterThanOrEqual(200);
  expect(half!.rows_done).toBeLessThan(1_000);
  // What was written of rejects whose rows were never committed.
  await Deno.writeTextFile(`${path}.rejects.csv`, '999,"row","of a transaction that never was",""\n', { append: true });

  const done = await load(database, path, { batch: "cut", rowsAtOnce: 70 });
  expect([done.rows_done, done.pending, done.duplicates, done.rejected]).toEqual([1_000, 900, 0, 100]);
  const rejects = (await readLines(`${path}.rejects.csv`)).slice(1).map((line) => Number.parseInt(line));
  expect(rejects).toEqual(Array.from({ length: 100 }, (_, i) => 10 * i + 4));
  const [count] = await sql`
    select count(*)::integer, count(distinct raw_data ->> 'email')::integer as addresses
    from intake.raw_loads where batch_id = 'cut'`;
  expect(count).toEqual({ count: 900, addresses: 900 });

  expect(await load(database, path, { batch: "cut" })).toMatchObject({ isOld: true, rows_done: 1_000 });
  expect((await load(database, path, { batch: "again" })).duplicates).toBe(900);
});

test("two loaders of one file do not both load it", async () => {
  const path = await write(
    "h.jsonl",
    Array.from({ length: 500 }, (_, i) => `{"email": "p${i}@both.example"}`).join("\n"),
  );
  const both = await Promise.allSettled([1, 2].map(() => load(database, path, { batch: "both", rowsAtOnce: 50 })));
  expect(both.some(({ status }) => status === "fulfilled")).toBe(true);
  for (const each of both) if (each.status === "rejected") expect(each.reason.code).toBe("MR003");
  const [count] = await database.sql()`select count(*)::integer from intake.raw_loads where batch_id = 'both'`;
  expect(count!.count).toBe(500);
  expect((await states(database.sql())).pending).toBeGreaterThan(500);
});
