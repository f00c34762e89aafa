import type { Log } from '@deckwatch/bus';

const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const;
export type LogLevel = keyof typeof LEVELS;

/** Writes one JSON object a line: `t`, `level`, `service`, `message`, then the facts. */
export function createLog(
  service: string,
  level: LogLevel,
  write = (line: string): unknown => process.stdout.write(line),
): Log {
  const least = LEVELS[level];
  const at =
    (name: LogLevel) =>
    (message: string, fields?: object): void => {
      if (LEVELS[name] < least) return;
      write(`${JSON.stringify({ t: Date.now(), level: name, service, message, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
