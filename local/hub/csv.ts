// CSV (RFC 4180) as it comes: any of three delimiters, quotes or not, CRLF or not. A record that cannot be read, as its quote
// is never closed or text follows the quote, costs its first line only: the next one is read as a record of its own. That is
// why it is not a library's: those go on behind what they could not read, which may be thousands of rows later.

import { longest, toText } from "./json.ts";
import { type Mapping, renamer, requireColumns } from "./mappings.ts";
import type { Records } from "./records.ts";

interface Read {
  fields: string[];
  /** Where the next record begins. */
  end: number;
}

export function csv(mapping: Mapping): Records {
  const rename = renamer(mapping);
  return async function* (bytes, sink) {
    const decode = decoder();
    let text = "";
    let line = 1;
    let header: string[] | undefined;
    let delimiter = ",";
    let isSkipping = false;
    let isOfOldMac = false;

    const take = (fields: string[]) => {
      if (fields.every((value) => value.trim() === "")) return;
      if (!header) {
        const tellsDelimiter = fields.length === 2 && /^sep=$/i.test(fields[0]!) && fields[1] === "";
        if (tellsDelimiter) return;
        header = columnsOf(fields);
        requireColumns(mapping, header);
        return;
      }
      if (fields.slice(header.length).some((value) => value !== "")) {
        return sink.reject(line, "row", "has more values than there are columns", fields.join(delimiter));
      }
      const row: Record<string, string> = {};
      header.forEach((name, i) => fields[i] && (row[name] = fields[i]));
      const json = toText(rename(row));
      if (decode.isBroken() && json.includes("\ufffd")) sink.reject(line, "row", "is not UTF-8", json);
      else sink.row(line, json);
    };
    /** Takes all records that are there as a whole. */
    const consume = (isLast: boolean) => {
      let at = 0;
      let quote = text.indexOf('"');
      while (at < text.length) {
        if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
        const read = readRecord(text, at, quote, delimiter, isLast);
        const isLarge = text.length - at > longest;
        if (read === "more" && !isLast && !isLarge) break;
        if (typeof read === "object") {
          take(read.fields);
          line += count(text, at, read.end);
          at = read.end;
          continue;
        }
        const end = text.indexOf("\n", at);
        const raw = text.slice(at, end < 0 ? text.length : end);
        const reason = read !== "more"
          ? read
          : end < 0 && isLarge
          ? "is larger than 1 MiB"
          : "has a quote that is not closed";
        sink.reject(line, "row", reason, raw);
        line++;
        isSkipping = end < 0 && !isLast;
        at = end < 0 ? text.length : end + 1;
      }
      text = text.slice(at);
    };

    for await (const chunk of bytes) {
      const isFirst = line === 1 && text === "";
      const more = decode.next(chunk);
      if (isFirst) isOfOldMac = !more.includes("\n") && /\r./s.test(more);
      text += isOfOldMac ? more.replaceAll("\r", "\n") : more;
      if (isFirst) delimiter = delimiterOf(text);
      if (isSkipping) {
        const end = text.indexOf("\n");
        isSkipping = end < 0;
        text = isSkipping ? "" : text.slice(end + 1);
      }
      consume(false);
      yield;
    }
    text += decode.next();
    consume(true);
    yield;
  };
}

/** A sign that stands for one that could not be read (U+FFFD) may also be in the file itself: only then nothing is broken. */
function decoder() {
  const [lenient, strict] = [new TextDecoder(), new TextDecoder("utf-8", { fatal: true })];
  let isBroken = false;
  return {
    isBroken: () => isBroken,
    next(chunk?: Uint8Array): string {
      const stream = chunk !== undefined;
      try {
        if (!isBroken) return strict.decode(chunk, { stream });
      } catch {
        isBroken = true;
      } finally {
        // It must have seen the same when it is needed.
        if (!isBroken) lenient.decode(chunk, { stream });
      }
      return lenient.decode(chunk, { stream });
    },
  };
}

/** `quote` is where the next one is. `more`: its end is not there yet. Another text: why it is no record. */
function readRecord(text: string, start: number, quote: number, delimiter: string, isLast: boolean): Read | string {
  const newline = text.indexOf("\n", start);
  if (newline >= 0 && (quote < 0 || quote > newline)) {
    return { fields: text.slice(start, endOfLine(text, newline)).split(delimiter), end: newline + 1 };
  }
  const fields: string[] = [];
  for (let at = start;;) {
    let value = "";
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0 || (close === text.length - 1 && !isLast)) return "more";
      value = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
      if (text[at] === "\r") at++;
      if (at < text.length && text[at] !== delimiter && text[at] !== "\n") return "has text behind a closing quote";
    } else {
      const next = text.indexOf(delimiter, at);
      const end = text.indexOf("\n", at);
      const stop = next >= 0 && (end < 0 || next < end) ? next : end;
      if (stop < 0 && !isLast) return "more";
      const to = stop < 0 ? text.length : stop;
      value = text.slice(at, to === end ? endOfLine(text, to) : to);
      at = to;
    }
    fields.push(value);
    if (at >= text.length) return isLast ? { fields, end: at } : "more";
    if (text[at++] === "\n") return { fields, end: at };
  }
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1);; at = text.indexOf('"', at + 2)) {
    if (at < 0 || text[at + 1] !== '"') return at;
  }
}

const endOfLine = (text: string, newline: number) => text[newline - 1] === "\r" ? newline - 1 : newline;

function count(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Names of columns: each has one of its own, also those that the file calls the same. */
function columnsOf(fields: readonly string[]): string[] {
  const names = new Set<string>();
  fields.forEach((given, i) => {
    const name = given.trim() || `column ${i + 1}`;
    let own = name;
    for (let n = 2; names.has(own); n++) own = `${name} ${n}`;
    names.add(own);
  });
  return [...names];
}

/** Of comma, semicolon and tab the one that the header has most of. */
function delimiterOf(text: string): string {
  const header = text.slice(0, 20_000).replaceAll(/"[^"]*"/g, "").replace(/^[\r\n]+/, "").split("\n", 1)[0]!;
  const count = (char: string) => header.split(char).length;
  return [",", ";", "\t"].reduce((best, char) => count(char) > count(best) ? char : best);
}
