/** The value of an environment variable that the function cannot work without. */
export function requiredEnv(name: string): string {
  const value = Deno.env.get(name);
  if (!value) throw new Error(`Set the environment variable ${name}; .env.example says what it holds.`);
  return value;
}

/** A whole number from the environment, or `fallback` when the variable is not set. */
export function integerEnv(name: string, fallback: number): number {
  const value = Deno.env.get(name);
  if (!value) return fallback;
  if (!/^\d{1,9}$/.test(value)) throw new Error(`${name} must be a whole number.`);
  return Number(value);
}

/** Where the functions answer, for URLs that are given to others; Supabase sets SUPABASE_URL. */
export function functionsUrl(): string {
  const url = Deno.env.get("FUNCTIONS_URL") || `${requiredEnv("SUPABASE_URL")}/functions/v1`;
  return url.replace(/\/$/, "");
}
