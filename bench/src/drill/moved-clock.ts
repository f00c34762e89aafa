/**
 * Loaded before a service: at each SIGUSR2 the clock on its wall jumps by DRILL_CLOCK_MS, and back at the next. What
 * measures durations (timers, `performance`) goes on as it does when somebody sets a machine's clock.
 */
const jumpMs = Number(process.env['DRILL_CLOCK_MS']);
const TrueDate = Date;
let offsetMs = 0;

process.on('SIGUSR2', () => (offsetMs = offsetMs === 0 ? jumpMs : 0));

class MovedDate extends TrueDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(TrueDate.now() + offsetMs);
    else super(...(given as [number]));
  }

  static override now(): number {
    return TrueDate.now() + offsetMs;
  }
}

globalThis.Date = MovedDate as DateConstructor;
