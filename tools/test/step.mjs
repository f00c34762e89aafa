import { spawn } from 'node:child_process';

const KILL_AFTER_MS = 10_000;
const SIGN_OF_LIFE_MS = 20_000;

/** Ends a whole process group: politely, then for certain. */
function endGroup(child, later = setTimeout) {
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // the group is gone
    }
  };
  signal('SIGTERM');
  later(() => signal('SIGKILL'), KILL_AFTER_MS).unref();
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(8);

/**
 * Runs a command in a process group of its own, with a time limit. Quiet: one line when it is done, a sign of life on
 * the way, all of its output when it failed.
 *
 * @param step `{ name, command, args, env, cwd, limitMs, print, signal }`; `signal` (AbortSignal) ends it
 * @returns `{ name, ok, output, ms }`
 */
export async function runStep({ name, command, args, env, cwd, limitMs, print = console.log, signal }) {
  const start = Date.now();
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  let ended = '';
  const end = (why) => {
    ended ||= why;
    endGroup(child);
  };
  const limit = setTimeout(() => end(`was ended after its time limit of ${limitMs / 1000} s`), limitMs);
  const alive = setInterval(() => print(`  ..   ${seconds(Date.now() - start)}  ${name}`), SIGN_OF_LIFE_MS);
  const onAbort = () => end('was interrupted');
  signal?.addEventListener('abort', onAbort, { once: true });
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(String(error)));
      resolve(1);
    });
    child.once('close', resolve);
  });
  clearTimeout(limit);
  clearInterval(alive);
  signal?.removeEventListener('abort', onAbort);
  const output = Buffer.concat(chunks).toString();
  const ok = code === 0 && !ended;
  const ms = Date.now() - start;
  if (!ok) print(`${output.trimEnd()}\n`);
  print(`  ${ok ? 'ok  ' : 'FAIL'} ${seconds(ms)}  ${name}${ended ? `: ${ended}` : ''}`);
  return { name, ok, output, ms };
}
