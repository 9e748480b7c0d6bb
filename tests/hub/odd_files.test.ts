// Files as people have them: nothing in them is lost without a word.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csv } from "../../local/hub/csv.ts";
import { mappings, parseMapping } from "../../local/hub/mappings.ts";
import { jsonLines, type Records } from "../../local/hub/records.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { gzip, load, readLines, writeFile } from "./support.ts";

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

/** The rows that a file comes to, or the reason why not. */
async function rowsOf(records: Records, content: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  const sink = {
    row: (_: number, text: string) => void rows.push(JSON.parse(text)),
    reject: (_: number, __: string, reason: string) => void rows.push(reason),
  };
  for await (const _ of records(new Blob([content]).stream(), sink));
  return rows;
}

describe("columns", () => {
  test("of one field: the best is it, the others keep their names", async () => {
    const text = "Email,Corporate Phone,Mobile Phone,Company,Company Name for Emails\n" +
      'a@a.com,1,2,"Acme, Inc.",Acme\nb@a.com,3,,,Bolt\n';
    expect(await rowsOf(csv(mappings.apollo!), text)).toEqual([
      {
        email: "a@a.com",
        phone: "2",
        company: "Acme, Inc.",
        "Corporate Phone": "1",
        "Company Name for Emails": "Acme",
      },
      { email: "b@a.com", phone: "3", company: "Bolt" },
    ]);
    expect(await rowsOf(jsonLines(mappings.storeleads!), '{"email":"a@a.com","title":"A","merchant_name":"B"}'))
      .toEqual([{ email: "a@a.com", title_: "A", company: "B" }]);
  });

  test("of any source: however they are written", async () => {
    const wanted = [{ email: "a@a.com", first_name: "Ann", company: "Acme", Note: "x" }];
    expect(await rowsOf(csv(mappings.plain!), "Email,First Name,COMPANY,Note\na@a.com,Ann,Acme,x\n"))
      .toEqual(wanted);
    expect(
      await rowsOf(jsonLines(mappings.plain!), '{"Email":"a@a.com","First Name":"Ann","Company":"Acme","Note":"x"}'),
    ).toEqual(wanted);
  });

  test("of Apollo by which people and companies are matched", async () => {
    const text =
      "Email,Person Linkedin Url,Company Linkedin Url,Website,Industry,# Employees,Annual Revenue,Departments\n" +
      "a@a.com,linkedin.com/in/ann,linkedin.com/company/acme,https://acme.com,Tools,50,1000,Sales\n";
    const [row] = await rowsOf(csv(mappings.apollo!), text);
    expect(row).toEqual({
      email: "a@a.com",
      linkedin_url: "linkedin.com/in/ann",
      "Company Linkedin Url": "linkedin.com/company/acme",
      website: "https://acme.com",
      industry: "Tools",
      employee_count: "50",
      revenue: "1000",
      department: "Sales",
    });
  });

  test("with points or slashes in their names", async () => {
    expect(await rowsOf(csv(mappings.apollo!), "Email,organization.name\na@a.com,Acme\n"))
      .toEqual([{ email: "a@a.com", company: "Acme" }]);
    expect(await rowsOf(csv(mappings.apify!), "emails/0,emails/1,phones/0\na@a.com,b@a.com,1\n"))
      .toEqual([{ email: "a@a.com", "emails/1": "b@a.com", phone: "1" }]);
    expect(await rowsOf(csv(parseMapping("email=E.Mail,phone=Tel.")), "E.Mail;Tel.\na@a.com;1\n"))
      .toEqual([{ email: "a@a.com", phone: "1" }]);
    expect(await rowsOf(jsonLines(mappings.apify!), '{"contactInfo":{"emails":["a@a.com"]}}'))
      .toMatchObject([{ email: "a@a.com" }]);
  });

  test("of one name are told apart", async () => {
    expect(await rowsOf(csv(mappings.plain!), "email,note,note,email\na@a.com,1,2,b@a.com\nc@a.com,,3,\n")).toEqual([
      { email: "a@a.com", note: "1", "note 2": "2", "email 2": "b@a.com" },
      { email: "c@a.com", "note 2": "3" },
    ]);
  });

  test("that were told must be there, so that a slip does not cost all rows", async () => {
    const path = await write("slip.csv", "E-Mail;Firma\na@slip.example;Acme\n");
    const told = (map: string) => load(database, path, { records: csv(parseMapping(map)) });
    await expect(told("email=Mail,company=Firma")).rejects.toThrow(
      '--map: the file has no column "Mail" for email. It has: E-Mail, Firma.',
    );
    expect(await told("email=Mail|e-mail,company=Firma")).toMatchObject({ isOld: false, pending: 1 });
  });

  test("with lists of addresses give the first", async () => {
    expect(await rowsOf(jsonLines(mappings.storeleads!), '{"emails":["a@a.com","b@a.com"]}')).toMatchObject([
      { email: "a@a.com" },
    ]);
  });

  test.each([
    ["behind an empty line", "\r\nemail;name\r\na@a.com;Ann\r\n"],
    ["that has commas in quotes", 'email;name;"a, b, c, d"\na@a.com;Ann;\n'],
    ["of Excel, which tells its delimiter", "sep=;\nemail;name\na@a.com;Ann\n"],
    ["with the line ends of old Macs", "email,name\ra@a.com,Ann\r"],
  ])("under a header %s", async (_, text) => {
    expect(await rowsOf(csv(mappings.plain!), text)).toEqual([{ email: "a@a.com", name: "Ann" }]);
  });
});

test("signs and numbers stay as they are", async () => {
  expect(await rowsOf(csv(mappings.plain!), "email,name\na@a.com,Ann \ufffd Lee\n")).toEqual([
    { email: "a@a.com", name: "Ann \ufffd Lee" },
  ]);
  const broken = new Uint8Array([...new TextEncoder().encode("email,name\na@a.com,Ann \nb@a.com,Bo"), 0xe4, 10]);
  const told: string[] = [];
  for (const size of [1, 30, broken.length]) {
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < broken.length; at += size) controller.enqueue(broken.subarray(at, at + size));
        controller.close();
      },
    });
    const sink = {
      row: (line: number) => void told.push(`${line}`),
      reject: (line: number, _: string, reason: string) => void told.push(`${line} ${reason}`),
    };
    for await (const _ of csv(mappings.plain!)(pieces, sink));
  }
  expect(told).toEqual(Array(3).fill(["2", "3 is not UTF-8"]).flat());

  const path = await write(
    "ids.jsonl",
    '{"emailAddress":"id@ids.example","id":12345678901234567890,"x":{"y":[0.12345678901234567890]},"s":"\\ud800"}',
  );
  await load(database, path, { records: jsonLines(mappings.apify!) });
  const [row] = await database.sql()`
    select raw_data ->> 'id' as id, raw_data #>> '{x,y,0}' as y, raw_data ->> 's' as s
    from intake.raw_loads where raw_data ->> 'email' = 'id@ids.example'`;
  expect(row).toEqual({ id: "12345678901234567890", y: "0.12345678901234567890", s: "\ufffd" });
});

test("a file that was packed in parts is read to its end", async () => {
  const parts = await Promise.all(["email\na@parts.example\n", "b@parts.example\n"].map(gzip));
  const path = await write("parts.csv.gz", new Uint8Array(parts.flatMap((part) => [...part])));
  expect((await load(database, path, { records: csv(mappings.plain!) })).pending).toBe(2);
  const cut = await write("cut.csv.gz", parts[0]!.subarray(0, -4));
  await expect(load(database, cut, { records: csv(mappings.plain!) })).rejects.toThrow();
});

test("a file that was renamed was loaded before", async () => {
  const path = await write("before.jsonl", '{"email": "a@renamed.example"}');
  const { batch_id } = await load(database, path);
  await Deno.rename(path, `${folder}/after.jsonl`);
  expect(await load(database, `${folder}/after.jsonl`)).toMatchObject({ isOld: true, batch_id });
  expect(await load(database, `${folder}/after.jsonl`, { batch: "again" })).toMatchObject({ isOld: false });
});

describe("rejects", () => {
  const path = () => write(`${crypto.randomUUID()}.txt`, crypto.randomUUID());
  /** Every second of 40 lines is broken; the file is read in pieces of ten. */
  const pieces = (between: (piece: number) => unknown): Records =>
    async function* (_, sink) {
      for (let line = 1; line <= 40; line++) {
        if (line % 2) sink.row(line, `{"email": "p${line}@rejects.example"}`);
        else sink.reject(line, "row", "is broken", "");
        if (line % 10 === 0) {
          await between(line / 10);
          yield;
        }
      }
    };
  const numbers = async (path: string) => (await readLines(path)).slice(1).map((line) => Number.parseInt(line));
  const all = Array.from({ length: 20 }, (_, n) => 2 * n + 2);

  test("of a load that goes on with another file for them", async () => {
    const file = await path();
    const cut = pieces((piece) => {
      if (piece === 4) throw new Error("the power goes");
    });
    await expect(load(database, file, { records: cut, rowsAtOnce: 10 })).rejects.toThrow("the power goes");
    const first = await numbers(`${file}.rejects.csv`);
    const other = `${file}.more.csv`;
    const done = await load(database, file, { records: pieces(() => {}), rowsAtOnce: 10, rejectsPath: other });
    expect(done.rejected).toBe(20);
    expect((await readLines(other))[0]).toBe("line,field,reason,row");
    expect([...first, ...await numbers(other)]).toEqual(all);
  });

  test("are never written over the file itself", async () => {
    const path = await write("itself.jsonl", "broken");
    await expect(load(database, path, { rejectsPath: path })).rejects.toThrow(/rejects/);
    expect(await Deno.readTextFile(path)).toBe("broken");
  });
});
