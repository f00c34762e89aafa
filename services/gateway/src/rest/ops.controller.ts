import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { METRICS, PARTS, opsAnswer, type Metrics, type Parts } from '@deckwatch/service-kit';
import type { Request, Response } from 'express';
import { Open } from '../auth/access.ts';

/** Health for orchestrators, which come from anywhere, and metrics. */
@Controller()
export class OpsController {
  constructor(
    @Inject(PARTS) private readonly parts: Parts,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Open()
  @Get('/health/live')
  live(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.answer(request, response);
  }

  @Open()
  @Get('/health/ready')
  ready(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.answer(request, response);
  }

  /** Figures of the gateway itself, with nobody's data in them: what scrapes has no account. */
  @Open()
  @Get('/metrics')
  async answer(@Req() request: Request, @Res() response: Response): Promise<void> {
    const answer = await opsAnswer(request.path, this.parts, this.metrics);
    response
      .status(answer?.status ?? 404)
      .set('content-type', answer?.type ?? 'text/plain')
      .set('cache-control', 'no-store')
      .send(answer?.body);
  }
}
