const levels = ["debug", "info", "warn", "error"] as const;

/** How much a log line matters, least first. */
export type Level = typeof levels[number];

/** Writes structured lines. `event` is a fixed short phrase; what varies goes into the fields. */
export type Log = Record<
  Level,
  (event: string, fields?: Record<string, unknown>) => void
>;

/**
 * A log of one JSON object a line: `time`, `level`, `event`, then the fields.
 *
 * @param least Lines below this level are dropped.
 * @param write Where a line goes; the console unless told.
 */
export function createLog(least: Level = "info", write: (line: string, level: Level) => void = toConsole): Log {
  const writer = (level: Level) => (event: string, fields: Record<string, unknown> = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    write(redact(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })), level);
  };
  return { debug: writer("debug"), info: writer("info"), warn: writer("warn"), error: writer("error") };
}

/** The level that a variable such as LOG_LEVEL names, `info` for anything else. */
export function levelOf(name: string | undefined): Level {
  return levels.find((level) => level === name?.toLowerCase()) ?? "info";
}

function toConsole(line: string, level: Level): void {
  if (level === "error" || level === "warn") console.error(line);
  else console.log(line);
}

const secrets: [RegExp, string][] = [
  [/(-webhook\/)[^\s"/?#]+/g, "$1[token]"],
  [/(:\/\/)[^\s"/@]*@/g, "$1[credentials]@"],
  [/v1\.[\w-]+\.[\w-]{16,}\.[\w-]+/g, "[sealed]"],
  [/\b(bearer|basic) +[\w+/=.~-]+/gi, "$1 [credentials]"],
  [/[^\s"<>()[\]{},;:=\\/@]+@[^\s"'<>()[\]{},;:=\\/@]+/g, "[address]"],
];

/** Takes path tokens, credentials, sealed secrets and e-mail addresses out of a text, whatever it is. */
export function redact(text: string): string {
  return secrets.reduce((clean, [secret, mark]) => clean.replace(secret, mark), text);
}
