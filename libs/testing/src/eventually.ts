// Taken before a test may replace them by fakes.
const { setTimeout: wait } = globalThis;
const { performance: stopwatch } = globalThis;

export interface EventuallyOptions {
  /** Default 5000. */
  timeoutMs?: number;
  /** Pause between two tries; default 20. */
  everyMs?: number;
  /** What is waited for, for the message of a failure. */
  describe?: string;
}

/**
 * Tries again until `attempt` neither throws nor returns false, and returns what it returned. When the time is over,
 * throws its last error with the time and the number of tries.
 */
export async function eventually<T>(attempt: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 5000, everyMs = 20, describe = 'the condition' } = options;
  const start = stopwatch.now();
  for (let tries = 1; ; tries += 1) {
    let failure: unknown = new Error('it returned false');
    try {
      const result = await attempt();
      if (result !== false) return result;
    } catch (error) {
      failure = error;
    }
    if (stopwatch.now() - start >= timeoutMs) throw timedOut(failure, describe, timeoutMs, tries);
    await new Promise((resolve) => wait(resolve, everyMs));
  }
}

function timedOut(failure: unknown, what: string, timeoutMs: number, tries: number): Error {
  const error = failure instanceof Error ? failure : new Error(String(failure));
  error.message = `${what} did not hold within ${timeoutMs} ms (${tries} tries): ${error.message}`;
  return error;
}
