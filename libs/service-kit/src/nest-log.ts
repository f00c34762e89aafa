import type { LoggerService } from '@nestjs/common';
import type { Log } from '@deckwatch/bus';

/** What Nest itself has to say, in our lines; its routine start-up talk only at level debug. */
export class NestLog implements LoggerService {
  constructor(private readonly out: Log) {}

  log(message: unknown, context?: string): void {
    this.out.debug('nest', { text: String(message), context });
  }

  debug(message: unknown, context?: string): void {
    this.out.debug('nest', { text: String(message), context });
  }

  warn(message: unknown, context?: string): void {
    this.out.warn('nest', { text: String(message), context });
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.out.error('nest', { text: String(message), stack, context });
  }

  fatal(message: unknown, stack?: string, context?: string): void {
    this.error(message, stack, context);
  }
}
