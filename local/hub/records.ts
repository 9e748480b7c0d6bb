// The rows of a file, one after the other, with the line each begins in; here those of JSON lines.
import { checkLine, longest } from "./json.ts";
import { isPlain, type Mapping, renamer } from "./mappings.ts";

export interface Sink {
  row(line: number, text: string): void;
  reject(line: number, field: string, reason: string, raw: string): void;
}

/** Hands rows on; resolves for each piece of the file, so that whoever stores them can hold us back. */
export type Records = (bytes: ReadableStream<Uint8Array>, sink: Sink) => AsyncGenerator<void>;

const newline = 10;
const mark = "\ufeff";

export function jsonLines(mapping: Mapping): Records {
  const rename = renamer(mapping);
  const mayStay = isPlain(mapping);
  return async function* (bytes, sink) {
    let line = 0;
    const take = (text: string) => {
      line++;
      const trimmed = text.trim();
      if (trimmed === "" || trimmed === mark) return;
      const checked = checkLine(line === 1 && text.startsWith(mark) ? text.slice(1).trim() : trimmed, rename, mayStay);
      if ("text" in checked) sink.row(line, checked.text);
      else sink.reject(line, "row", checked.reason, trimmed);
    };
    const tooLong = (start: string) => sink.reject(++line, "row", "is larger than 1 MiB", start);
    for await (const lines of splitLines(bytes, tooLong)) {
      for (const text of lines) {
        if (text === null) sink.reject(++line, "row", "is not UTF-8", "");
        else take(text);
      }
      yield;
    }
  };
}

/** Whole lines as texts, null for one that is not UTF-8. A line that is far too long is told of and never held as a whole. */
async function* splitLines(
  bytes: ReadableStream<Uint8Array>,
  tooLong: (start: string) => void,
): AsyncGenerator<(string | null)[]> {
  let rest = new Uint8Array();
  let isSkipping = false;
  for await (let chunk of bytes) {
    if (isSkipping) {
      const end = chunk.indexOf(newline);
      if (end < 0) continue;
      isSkipping = false;
      chunk = chunk.subarray(end + 1);
    }
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      rest = concat(rest, chunk);
    } else {
      yield decodeLines(concat(rest, chunk.subarray(0, end)));
      rest = chunk.slice(end + 1);
    }
    if (rest.length > 4 * longest) {
      tooLong(new TextDecoder().decode(rest.subarray(0, 200)));
      rest = new Uint8Array();
      isSkipping = true;
    }
  }
  if (rest.length) yield decodeLines(rest);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeLines(bytes: Uint8Array): (string | null)[] {
  try {
    return strict.decode(bytes).split("\n");
  } catch {
    const lines: (string | null)[] = [];
    for (let at = 0; at <= bytes.length;) {
      const found = bytes.indexOf(newline, at);
      const end = found < 0 ? bytes.length : found;
      try {
        lines.push(strict.decode(bytes.subarray(at, end)));
      } catch {
        lines.push(null);
      }
      at = end + 1;
    }
    return lines;
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
