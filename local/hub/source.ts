// The bytes of a file as UTF-8, whatever it is packed and written in, and how far the file has been read.

import { createHash } from "node:crypto";
import { Duplex } from "node:stream";
import { createGunzip } from "node:zlib";

export interface Source {
  bytes: ReadableStream<Uint8Array>;
  size: number;
  /** Bytes of the file itself that were read so far. */
  read(): number;
}

export const encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;

export async function openSource(path: string, encoding?: string): Promise<Source> {
  const file = await Deno.open(path);
  const { size } = await file.stat();
  let count = 0;
  let bytes: ReadableStream<Uint8Array> = file.readable.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        count += chunk.length;
        controller.enqueue(chunk);
      },
    }),
  );
  // Not a DecompressionStream: that one fails on a file of several parts, as parallel packers and `cat` make them.
  if (await startsWith(path, [0x1f, 0x8b])) bytes = through(bytes, Duplex.toWeb(createGunzip()));
  const [from, first] = await peek(bytes);
  const found = encoding ?? encodingOf(first);
  return { bytes: found === "utf-8" ? from : recoded(from, found), size, read: () => count };
}

const recoded = (bytes: ReadableStream<Uint8Array>, encoding: string) =>
  through<string>(bytes, new TextDecoderStream(encoding)).pipeThrough(new TextEncoderStream()) as ReadableStream<
    Uint8Array
  >;

/** The library's types disagree about whose memory the bytes are in. */
function through<Out>(bytes: ReadableStream<Uint8Array>, transform: unknown): ReadableStream<Out> {
  return bytes.pipeThrough(transform as ReadableWritablePair<Out, Uint8Array>);
}

/** By its mark at the start. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return "utf-8";
}

async function peek(stream: ReadableStream<Uint8Array>): Promise<[ReadableStream<Uint8Array>, Uint8Array]> {
  const reader = stream.getReader();
  const { value = new Uint8Array() } = await reader.read();
  const all = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(value),
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return [all, value];
}

/** A zip (which a workbook is), or a workbook of old. */
export async function isArchive(path: string): Promise<boolean> {
  return await startsWith(path, [0x50, 0x4b, 3, 4]) || await startsWith(path, [0xd0, 0xcf, 0x11, 0xe0]);
}

/** Whether two paths lead to one file; false when one is not there. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => Deno.realPath(path).catch(() => null)));
  return first !== null && first === second;
}

async function startsWith(path: string, bytes: number[]): Promise<boolean> {
  using file = await Deno.open(path);
  const start = new Uint8Array(bytes.length);
  await file.read(start);
  return bytes.every((byte, i) => start[i] === byte);
}

/** Tells a file from others, also after it was renamed: its size, its first and its last mebibyte. */
export async function keyOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const hash = createHash("sha256").update(`${size}\n`);
  const part = new Uint8Array(1_048_576);
  for (const start of [0, Math.max(0, size - part.length)]) {
    await file.seek(start, Deno.SeekMode.Start);
    for (let at = 0; at < part.length;) {
      const count = await file.read(part.subarray(at));
      if (count === null) break;
      hash.update(part.subarray(at, at + count));
      at += count;
    }
  }
  return hash.digest("hex");
}
