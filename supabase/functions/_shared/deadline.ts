/** What the work resolves to, or `late()` thrown when it is not done after so many milliseconds. */
export async function within<T>(milliseconds: number, work: PromiseLike<T>, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

interface Waiting {
  until: number;
  reject(error: Error): void;
}

/** `within` for work that is done at once nearly always: one timer watches the oldest, as making one costs more. */
export function createDeadline(milliseconds: number, late: () => Error): <T>(work: PromiseLike<T>) => Promise<T> {
  const waiting = new Set<Waiting>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function check(): void {
    timer = undefined;
    for (const one of waiting) {
      const left = one.until - performance.now();
      if (left > 0) {
        timer = setTimeout(check, left);
        return;
      }
      waiting.delete(one);
      one.reject(late());
    }
  }

  return (work) =>
    new Promise((resolve, reject) => {
      const one = { until: performance.now() + milliseconds, reject };
      waiting.add(one);
      timer ??= setTimeout(check, milliseconds);
      const then = <Value>(settle: (value: Value) => void) => (value: Value) => {
        waiting.delete(one);
        settle(value);
      };
      work.then(then(resolve), then(reject));
    });
}
