const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type EndingSignal = keyof typeof SIGNALS;

let clearUp: ((signal: EndingSignal) => void) | undefined;

/** What is asked to end us, once, by this instead: it clears up and ends us. The next signal ends us in any case. */
export function onceEnded(work: (signal: EndingSignal) => void): void {
  clearUp = work;
}

/**
 * A signal ends the process by `exit`, so that who listens for that hears of it, also where a library listens for signals
 * and leaves the end to whoever else does.
 */
export function exitOnSignals(): void {
  for (const signal of Object.keys(SIGNALS) as EndingSignal[])
    process.on(signal, () => {
      const work = clearUp;
      clearUp = undefined;
      if (work) work(signal);
      else process.exit(128 + SIGNALS[signal]);
    });
}
