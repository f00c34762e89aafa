// @ts-check
// What the launcher says: one line a step, aligned, with the time it took.

const NAME_WIDTH = 10;
const TEXT_WIDTH = 74;

/** @param {number} ms */
const seconds = (ms) => (ms < 100 ? '' : `${(ms / 1000).toFixed(1)} s`);

export class Progress {
  /**
   * @param {{ write(text: string): unknown }} out
   * @param {() => number} [now] milliseconds
   */
  constructor(out, now = Date.now) {
    this.out = out;
    this.now = now;
  }

  /** @param {string} [text] */
  line(text = '') {
    this.out.write(`${text}\n`);
  }

  /**
   * One line of a step.
   * @param {string} step
   * @param {string} text
   * @param {number} [tookMs]
   */
  tell(step, text, tookMs = 0) {
    const time = seconds(tookMs);
    const line = `  ${step.padEnd(NAME_WIDTH)} ${time ? text.padEnd(TEXT_WIDTH) : text}`;
    this.line(time ? `${line} ${time.padStart(7)}` : line);
  }

  /**
   * Does a step and tells its outcome. A step that takes long may tell of itself in between.
   * @template T
   * @param {string} step
   * @param {(say: (text: string) => void) => Promise<T>} work
   * @param {(result: T) => string} outcome
   * @returns {Promise<T>}
   */
  async step(step, work, outcome) {
    const started = this.now();
    const result = await work((text) => this.tell(step, text));
    this.tell(step, outcome(result), this.now() - started);
    return result;
  }
}
