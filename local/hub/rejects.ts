// The file with what was refused, beside the file that was loaded. It is as long as the database says: what a load that was
// cut off wrote beyond that is cut away.

export interface Reject {
  line: number;
  field: string;
  reason: string;
  raw: string;
}

export interface Rejects {
  /** Appends, and answers how long the file is now. */
  write(rejects: readonly Reject[]): Promise<number>;
  /** The load came to its end: nothing else is in the file. */
  finish(): Promise<void>;
  close(): void;
}

/** Touches no file before the first rows are stored: until then another one may be loading, and writing, the same. */
export function openRejects(path: string, length: number): Rejects {
  let file: Deno.FsFile | undefined;
  const open = async () => {
    file = await Deno.open(path, { create: true, write: true });
    // Shorter is one that a person moved away, or named anew for the rest of the load.
    length = Math.min(length, (await file.stat()).size);
    await file.truncate(length);
    await file.seek(0, Deno.SeekMode.End);
    if (length === 0) await put("line,field,reason,row\n");
  };
  const put = async (text: string) => {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file!.write(bytes.subarray(at));
    length += bytes.length;
  };
  return {
    async write(rejects) {
      if (!rejects.length) return length;
      if (!file) await open();
      await put(rejects.map(asLine).join(""));
      await file!.sync();
      return length;
    },
    async finish() {
      if (file) return;
      if (length > 0) await open();
      else await Deno.remove(path).catch(() => {});
    },
    close: () => file?.close(),
  };
}

const asLine = ({ line, field, reason, raw }: Reject) =>
  `${line},${quoted(field)},${quoted(reason)},${quoted(raw.slice(0, 500).toWellFormed())}\n`;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
