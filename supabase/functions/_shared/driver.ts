// What every client of the database driver here has in common.

import { connect } from "node:net";
import postgres from "postgres";

export interface ClientOptions {
  /** `application_name`. */
  name: string;
  /** Connections. */
  size: number;
  /** Prepared statements. Off behind a pooler in transaction mode. */
  prepare: boolean;
  /** Start-up parameters. Poolers refuse those they do not know, so they are left out without `prepare`. */
  parameters?: Record<string, number>;
  /** Seconds that it may take to connect; 2 unless told. */
  connectTimeout?: number;
  /** Seconds after which a connection that is not used is closed. */
  idleTimeout?: number;
}

/** A client that connects fast or fails fast; bigint comes as a number, types are never asked for. */
export function openClient(url: string, options: ClientOptions): postgres.Sql {
  const { name, size, prepare, parameters = {}, connectTimeout = 2, idleTimeout } = options;
  return postgres(url, {
    max: size,
    prepare,
    fetch_types: false,
    connect_timeout: connectTimeout,
    idle_timeout: idleTimeout,
    backoff: () => 0.1,
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    onnotice: () => {},
    ...prompt,
    connection: { application_name: name, ...(prepare ? parameters : {}) },
  } as postgres.Options<Record<string, postgres.PostgresType>>);
}

/**
 * Options of a client that sends at once. The driver's own sockets hold back a packet until the one before is
 * acknowledged, and a server that has nothing to answer yet takes 40 ms for that.
 */
export const prompt = { socket: promptSocket } as postgres.Options<Record<string, postgres.PostgresType>>;

/** What the driver says of where to connect: lists, of which there is one of each here. */
interface Target {
  host: string[];
  port: number[];
  path?: string | false;
}

function promptSocket({ host: [host], port: [port], path }: Target) {
  const socket = connect(path ? { path } : { host: host!, port: port! });
  socket.setNoDelay(true);
  // For TLS, which the driver adds.
  return Object.assign(socket, { host });
}

/** An error with a code, as the server's errors have one. */
export function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** The SQLSTATE of an error, or the driver's code; empty when there is none. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? "");
}
