// Where customers may have us send to. A URL is a customer's text: its host may be an address inside our network, or a
// name that leads there, or one that leads there only when it is asked the second time. So a name is resolved once, the
// address is checked, and the connection goes to that very address.

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** The addresses of a host name. */
export type Resolve = (host: string) => Promise<string[]>;

export interface TargetRules {
  resolve?: Resolve;
  /** For development: addresses inside, and http instead of https. */
  allowPrivate?: boolean;
}

/** A URL and the address that it was found to lead to. */
export interface Target {
  url: URL;
  address: string;
}

/** The URL may not be sent to. The message says why, without what the name resolved to. */
export class TargetRefused extends Error {}

/** @throws TargetRefused, or the resolver's own error. */
export async function findTarget(text: string, { resolve = resolveHost, allowPrivate }: TargetRules): Promise<Target> {
  if (!URL.canParse(text)) throw new TargetRefused("This is no URL.");
  const url = new URL(text);
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) {
    throw new TargetRefused("Only https URLs are sent to.");
  }
  if (url.username || url.password) throw new TargetRefused("A URL with credentials is not sent to.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [host] : await resolve(host);
  // All of them: which one is tried first is not ours to say.
  if (!allowPrivate && !addresses.every(isPublicAddress)) {
    throw new TargetRefused("The host is inside a private network.");
  }
  const address = addresses.find((one) => isIP(one) === 4) ?? addresses[0];
  if (address === undefined) throw new TargetRefused("The host has no address.");
  return { url, address };
}

async function resolveHost(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Addresses of the internet as such. */
const open = ["2000::/3", "0.0.0.0/0"];

/** Within those: networks of one's own, of the machine, of the cloud's metadata, of documents, and tunnels to them. */
const closed = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
];

/** Whether an IP address is one that anybody may reach. IPv4 in IPv6 clothes counts as what it is. */
export function isPublicAddress(address: string): boolean {
  const bits = toBits(address);
  return bits !== undefined && open.some((range) => contains(range, bits)) &&
    !closed.some((range) => contains(range, bits));
}

function contains(range: string, bits: bigint): boolean {
  const [base, length] = range.split("/") as [string, string];
  const shift = BigInt((isIP(base) === 4 ? 32 : 128) - Number(length));
  return bits >> shift === toBits(base)! >> shift;
}

const mapped = 0xffffn << 32n;
const translated = 0x64ff9bn << 96n;

/** An address as 128 bits, IPv4 as ::ffff:a.b.c.d, which is also what 64:ff9b::a.b.c.d leads to. */
function toBits(address: string): bigint | undefined {
  if (isIP(address) === 4) {
    return mapped | address.split(".").reduce((bits, part) => bits << 8n | BigInt(part), 0n);
  }
  if (isIP(address) !== 6 || address.includes("%")) return undefined;
  const [left = "", right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text = "") => text ? text.split(":") : [];
  const missing = 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array(missing).fill("0"), ...groups(right)];
  const bits = all.reduce((sum, group) => sum << 16n | BigInt(`0x${group}`), 0n);
  return bits >> 32n === translated >> 32n ? mapped | bits & 0xffffffffn : bits;
}
