// Rows in the binary format of COPY, which Postgres reads faster than text.

import { Buffer } from "node:buffer";

const header = Buffer.from(`PGCOPY\n\xff\r\n${"\0".repeat(9)}`, "latin1");
const trailer = Buffer.from([0xff, 0xff]);
/** Two columns: a bigint, and jsonb in its version 1. Zero is what is written for each row. */
const start = Buffer.from([0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
const [numberAt, lengthAt] = [10, 14];
/** Larger pieces are copied more slowly on their way to the socket. */
const bytesAtOnce = 131_072;

/** Rows (jsonb as text), numbered from 1, in pieces for the socket. */
export function* copyData(rows: readonly string[]): Generator<Uint8Array> {
  yield header;
  const encoder = new TextEncoder();
  let bytes = Buffer.allocUnsafe(0);
  let end = 0;
  for (const [i, row] of rows.entries()) {
    const longest = start.length + 3 * row.length;
    if (end + longest > bytes.length) {
      if (end) yield bytes.subarray(0, end);
      bytes = Buffer.allocUnsafe(Math.max(bytesAtOnce, longest));
      end = 0;
    }
    bytes.set(start, end);
    bytes.writeUInt32BE(i + 1, end + numberAt);
    const { written } = encoder.encodeInto(row, bytes.subarray(end + start.length));
    bytes.writeUInt32BE(written + 1, end + lengthAt);
    end += start.length + written;
  }
  if (end) yield bytes.subarray(0, end);
  yield trailer;
}
