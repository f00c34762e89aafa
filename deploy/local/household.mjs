// @ts-check
// All processes that we run: kept running, their logs in files, their warnings shown, stopped in order.
import { join } from 'node:path';
import { parseLogLine, readable, Repeats } from './log-lines.mjs';
import { signalGroup } from './processes.mjs';
import { RotatingLog } from './rotating-log.mjs';
import { Supervisor } from './supervisor.mjs';

/** @typedef {import('./supervisor.mjs').Command} Command */
/** @typedef {import('./local-state.mjs').LocalState} LocalState */
/** @typedef {{ code: number | null, signal: string | null, last: string, ranMs: number }} End */
/** @typedef {'demo' | 'service' | 'broker'} Role */
/** @typedef {{ supervisor: Supervisor, log: RotatingLog, role: Role }} Member */

/**
 * In this order they stop, each after those that need it, and this long they get: together under five seconds. The
 * demo's sessions end while there is still somebody to hear it.
 * @type {[Role, number][]}
 */
const STOPPING = [
  ['demo', 700],
  ['service', 2400],
  ['broker', 1500],
];

/** The launcher says itself that there is no engine, with the line that mends it. */
const TOLD = new Set(['no engine']);

/**
 * Whether a process ended because of a wrong setting: starting it again would not help.
 * @param {End} end
 */
export const isSettingsFault = ({ code, last, ranMs }) =>
  code === 1 && ranMs < 10_000 && /^[A-Z][A-Z0-9_]{3,}:? .*allowed: /.test(last);

/** @param {End} end */
const howItEnded = ({ code, signal, last }) => {
  const how = signal ? `by ${signal}` : code === null ? 'before it began' : `exit code ${code}`;
  return last ? `${how}: ${last.trim().slice(0, 200)}` : how;
};

export class Household {
  /**
   * @param {LocalState} state
   * @param {(line: string) => void} show
   */
  constructor(state, show) {
    this.state = state;
    this.show = show;
    this.repeats = new Repeats();
    this.closed = false;
    /** @type {Map<string, Member>} */
    this.members = new Map();
    /** @type {(error: Error) => void} */
    this.onFatal = () => undefined;
  }

  /**
   * Starts a process and keeps it running.
   * @param {Command} command
   * @param {{ role?: Role, leave?: (end: End) => boolean }} [options] `leave`: it ended as it should
   */
  start(command, { role = 'service', leave = () => false } = {}) {
    const { name } = command;
    if (this.closed) throw new Error('stopped');
    const log = new RotatingLog(join(this.state.makeFolder('logs'), `${name}.log`));
    let lastEnd = '';
    const supervisor = new Supervisor(command, {
      onLine: (line) => this.hear(name, log, line),
      onStart: (pid) => this.state.addChild(pid),
      onEnd: (end) => {
        lastEnd = howItEnded(end);
        if (leave(end)) return 'leave';
        if (!isSettingsFault(end)) return 'restart';
        this.onFatal(new Error(end.last));
        return 'leave';
      },
      onPause: (pauseMs) =>
        this.say(name, 'warn', `ended (${lastEnd}); starts again in ${(pauseMs / 1000).toFixed(1)} s`),
    });
    this.members.set(name, { supervisor, log, role });
    return supervisor.start();
  }

  /**
   * @param {string} name
   * @param {RotatingLog} log
   * @param {string} line
   */
  hear(name, log, line) {
    log.write(`${line}\n`);
    const parsed = parseLogLine(line);
    if (!parsed)
      return /\[(ERR|FTL)\]/.test(line) ? this.say(name, 'error', line.replace(/^.*\[(ERR|FTL)\] /, '')) : undefined;
    if (parsed.level !== 'warn' && parsed.level !== 'error') return undefined;
    // What they say of each other while all of them stop helps nobody.
    if (this.closed || TOLD.has(parsed.message)) return undefined;
    const held = this.repeats.pass(name, parsed.message);
    if (held === null) return undefined;
    this.show(readable(name, parsed) + (held > 0 ? `  (and ${held} more like it)` : ''));
  }

  /**
   * @param {string} name
   * @param {string} level
   * @param {string} message
   */
  say(name, level, message) {
    this.show(readable(name, { t: Date.now(), level, message, fields: {} }));
  }

  /** @param {string} name */
  async stop(name) {
    const member = this.members.get(name);
    if (!member) return;
    await member.supervisor.stop();
    this.members.delete(name);
    member.log.close();
  }

  /**
   * Starts a service anew, with another environment.
   * @param {Command} command
   */
  async replace(command) {
    await this.stop(command.name);
    if (!this.closed) this.start(command);
  }

  async stopAll() {
    this.closed = true;
    for (const [role, patienceMs] of STOPPING) {
      const chosen = [...this.members.values()].filter((member) => member.role === role);
      await Promise.all(chosen.map(({ supervisor }) => supervisor.stop(patienceMs)));
    }
  }

  /** Ends everything at once; nothing is waited for. */
  killAll() {
    for (const { supervisor } of this.members.values()) {
      if (supervisor.running && supervisor.child?.pid !== undefined) signalGroup(supervisor.child.pid, 'SIGKILL');
    }
  }
}
