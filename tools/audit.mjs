// Asks the registry whether a package that is shipped has a known weakness. Ends with 1 when one is high or critical; a
// registry that can't be asked is said so, and is no failure: without a network there is nothing to learn.
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 60_000;
const GRAVE = ['high', 'critical'];

/**
 * What `npm audit --json` says, in words.
 * @param {string} text its standard output
 * @returns {{ ok: boolean, lines: string[] }}
 */
export function verdictOf(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    report = {};
  }
  const counts = report.metadata?.vulnerabilities;
  if (!counts) {
    const why = report.message ?? report.error?.summary ?? 'no answer';
    return { ok: true, lines: [`not audited: the registry could not be asked (${String(why).split('\n', 1)[0]})`] };
  }
  const grave = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) => GRAVE.includes(severity));
  const sum = Object.entries(counts)
    .filter(([level, count]) => level !== 'total' && count > 0)
    .map(([level, count]) => `${count} ${level}`);
  return {
    ok: grave.length === 0,
    lines: [
      `known weaknesses of what is shipped: ${sum.join(', ') || 'none'}`,
      ...grave.map(({ name, severity, range }) => `${severity}: ${name} ${range}`),
    ],
  };
}

/** @returns {Promise<string>} what npm says; it exits with 1 for any weakness, and says nothing where it can't run */
function ask(folder) {
  const options = { cwd: folder, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile('npm', ['audit', '--omit=dev', '--json'], options, (_, stdout) => resolve(stdout));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ok, lines } = verdictOf(await ask(dirname(dirname(process.argv[1]))));
  console.log(lines.join('\n'));
  process.exitCode = ok ? 0 : 1;
}
