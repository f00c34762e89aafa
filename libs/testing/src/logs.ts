export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

type Write = (message: string, fields?: object) => void;
type AnyLog = Record<LogLevel, Write>;

const nothing: Write = () => undefined;

/** A log that nobody reads. */
export const silentLog: AnyLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export interface RecordingLog extends AnyLog {
  readonly lines: LogLine[];
  /** The messages of one level, or of all. */
  messages(level?: LogLevel): string[];
}

/** A log that keeps its lines for the test to look at. */
export function recordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const at =
    (level: LogLevel): Write =>
    (message, fields) =>
      lines.push({ level, message, fields: { ...fields } });
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    messages: (level) => lines.filter((line) => !level || line.level === level).map((line) => line.message),
  };
}
