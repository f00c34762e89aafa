// @ts-check
// The services log JSON lines. All of them go to files; warnings and errors are also shown, as people read them.

/** @typedef {{ t: number, level: string, message: string, fields: Record<string, unknown> }} LogLine */

/**
 * @param {string} line
 * @returns {LogLine | null} null: not one of our lines
 */
export function parseLogLine(line) {
  if (!line.startsWith('{')) return null;
  try {
    const { t, level, service: _service, message, ...fields } = JSON.parse(line);
    return typeof level === 'string' && typeof message === 'string'
      ? { t: Number(t) || 0, level, message, fields }
      : null;
  } catch {
    return null;
  }
}

/**
 * `12:03:05  warn   collector  engine away  reason=…`
 * @param {string} name the process's
 * @param {LogLine} line
 */
export function readable(name, { t, level, message, fields }) {
  const time = new Date(t || Date.now()).toTimeString().slice(0, 8);
  const facts = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const text = [message, ...facts].join('  ').replace(/\s*\n\s*/g, ' | ');
  return `${time}  ${level.padEnd(5)}  ${name.padEnd(9)}  ${text.slice(0, 300)}`;
}

const PAUSE_MS = 60_000;
const MOST_MESSAGES = 200;

/** Lets each message of a process through once a minute, and says how often it was held back. */
export class Repeats {
  /** @param {() => number} [now] milliseconds */
  constructor(now = Date.now) {
    this.now = now;
    /** @type {Map<string, { until: number, held: number }>} */
    this.seen = new Map();
  }

  /**
   * @param {string} name
   * @param {string} message
   * @returns {number | null} how many were held back before this one; null: hold this one back
   */
  pass(name, message) {
    const key = `${name} ${message}`;
    const now = this.now();
    const known = this.seen.get(key);
    if (known && now < known.until) {
      known.held += 1;
      return null;
    }
    this.seen.delete(key);
    this.seen.set(key, { until: now + PAUSE_MS, held: 0 });
    const [oldest] = this.seen.keys();
    if (this.seen.size > MOST_MESSAGES && oldest !== undefined) this.seen.delete(oldest);
    return known?.held ?? 0;
  }
}

/** Cuts a stream of text into lines; a line without end is cut at 64 KiB. */
export class Lines {
  /** @param {(line: string) => void} take */
  constructor(take) {
    this.take = take;
    this.rest = '';
  }

  /** @param {string} text */
  push(text) {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.take(line);
    if (this.rest.length > 65_536) this.end();
  }

  end() {
    if (this.rest) this.take(this.rest);
    this.rest = '';
  }
}
