/** Where a part says what happened: a constant message, the facts as fields. */
export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** The text of whatever was thrown. */
export function faultOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
