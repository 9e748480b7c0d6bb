import { GiveUp, type JobContext } from "./jobs.ts";

/** Does the work; when trying again is over, `tell` is given the reason before the job is dead. */
export async function withLastWord(
  { job, signal }: JobContext,
  work: () => Promise<void>,
  tell: (reason: string) => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isLast = job.attempt >= job.maxAttempts && !signal.aborted;
    if (error instanceof GiveUp || isLast) {
      // What the database says may quote rows.
      await tell(error instanceof Error && !("routine" in error) ? error.message : "The database refused.");
    }
    throw error;
  }
}
