// Answers that a provider's API gives on bad days, asked for by a test: the next `times` calls under `path` get one.

export interface Fault {
  path: string;
  answer(): Response | Promise<Response>;
  times: number;
}

export class Faults {
  #list: Fault[] = [];

  add(fault: Omit<Fault, "times"> & { times?: number }): void {
    this.#list.push({ times: 1, ...fault });
  }

  /** The answer for this call, or null: answer it as usual. */
  take(path: string): Response | Promise<Response> | null {
    const fault = this.#list.find((one) => one.times > 0 && path.startsWith(one.path));
    if (!fault) return null;
    fault.times--;
    return fault.answer();
  }
}
