// The file with what was refused, beside the file that was loaded. It is as long as the database says: what a load that was
// cut off wrote beyond that is cut away.

export interface Reject {
  line: number;
  field: string;
  reason: string;
  raw: string;
}

export interface Rejects {
  path: string;
  /** Appends, and answers how long the file is now. */
  write(rejects: readonly Reject[]): Promise<number>;
  close(): void;
}

export async function openRejects(path: string, length: number): Promise<Rejects> {
  let file: Deno.FsFile | undefined;
  const open = async () => {
    file = await Deno.open(path, { create: true, write: true });
    await file.truncate(length);
    await file.seek(0, Deno.SeekMode.End);
    if (length === 0) await put("line,field,reason,row\n");
  };
  const put = async (text: string) => {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file!.write(bytes.subarray(at));
    length += bytes.length;
  };
  if (length > 0) await open();
  else await Deno.remove(path).catch(() => {});
  return {
    path,
    async write(rejects) {
      if (!rejects.length) return length;
      if (!file) await open();
      await put(rejects.map(asLine).join(""));
      await file!.sync();
      return length;
    },
    close: () => file?.close(),
  };
}

const asLine = ({ line, field, reason, raw }: Reject) =>
  `${line},${quoted(field)},${quoted(reason)},${quoted(raw.slice(0, 500).toWellFormed())}\n`;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
