// How many mails a day an inbox sends at EmailBison. Setting it again changes nothing.

import { z } from "zod";
import { softError } from "./bison.ts";
import { callProvider, providerUrl } from "./call.ts";

export interface LimitOptions {
  /** The client's instance, such as https://dedi.emailbison.com. */
  instanceUrl: string;
  key: string;
  signal: AbortSignal;
}

export async function setDailyLimit(options: LimitOptions, inbox: number, limit: number): Promise<void> {
  const { instanceUrl, key, signal } = options;
  await callProvider({
    provider: "EmailBison",
    url: `${providerUrl("bison", `${instanceUrl.replace(/\/$/, "")}/api`)}/sender-emails/${inbox}`,
    method: "PATCH",
    headers: { authorization: `Bearer ${key}` },
    body: { daily_limit: limit },
    signal,
    schema: z.looseObject({}),
    softError,
  });
}
