import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Log } from '@deckwatch/bus';
import { LOG } from '@deckwatch/service-kit';
import type { Request, Response } from 'express';
import { ProblemError, problemOf } from './problem.ts';

/** Answers every error as `application/problem+json`; unexpected ones are logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = problemOf(error);
    if (problem.status === 500)
      this.log.error('request failed', { method: request.method, path: request.path, fault: String(error) });
    if (response.headersSent) return void response.destroy();
    // A service that starts or takes over from another does so within seconds.
    if (problem.status === 503) response.set('Retry-After', '2');
    if (error instanceof ProblemError) response.set(error.headers);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
