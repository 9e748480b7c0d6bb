// How the providers write values: times with six digits, ids that can be numbers or strings, stable uuids.
import { createHash } from "node:crypto";

/** 2026-11-20T09:30:00.123000Z */
export function micros(at: Date): string {
  return at.toISOString().replace("Z", "000Z");
}

/** 2026-11-20T09:30:00.000000Z: six digits, but whole seconds, as EmailBison writes them. */
export function seconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}.000000Z`;
}

/** The wall clock of a zone, written with a Z as EmailBison does. */
export function wallClock(at: Date, timeZone: string): string {
  const local = new Date(`${at.toLocaleString("sv-SE", { timeZone }).replace(" ", "T")}Z`);
  return micros(local);
}

/** The instant at which the wall clock of a zone shows this date and time. */
export function instant(date: string, time: string, timeZone: string): Date {
  const guess = new Date(`${date}T${time}:00Z`);
  const shift = new Date(wallClock(guess, timeZone)).getTime() - guess.getTime();
  return new Date(guess.getTime() - shift);
}

/** The same name gives the same uuid, on every machine. */
export function stableUuid(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  const variant = "89ab".charAt(parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${
    hex.slice(20, 32)
  }`;
}

/** Every `id` and `..._id` that is a number becomes a string, at any depth. */
export function idsAsStrings<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => /^(id|\w+_id)$/.test(key) && typeof inner === "number" ? `${inner}` : inner),
  );
}
