const day = 86_400_000;

/** Lets midnight (UTC) pass when it is near: for a test that counts days from today. */
export async function clearOfMidnight(): Promise<void> {
  const left = day - Date.now() % day;
  if (left < 60_000) await new Promise((resolve) => setTimeout(resolve, left + 1_000));
}
