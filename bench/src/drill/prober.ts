import { setTimeout as sleep } from 'node:timers/promises';

/** What is asked for, by the service that has to answer. */
const QUESTIONS = {
  'GET /sessions/count': '/api/v1/sessions/count',
  'GET /alerts': '/api/v1/alerts?limit=1',
  'GET /containers': '/api/v1/containers?limit=1',
} as const;
export type Question = keyof typeof QUESTIONS;
export const ASKED = Object.keys(QUESTIONS) as Question[];

const EVERY_MS = 200;
const PATIENCE_MS = 2000;

/** Asks REST over and over, as a page without a socket does: the next gateway when one does not answer. */
export class Prober {
  /** When an answer came, Unix milliseconds. */
  readonly answers = Object.fromEntries(ASKED.map((question) => [question, [] as number[]])) as Record<Question, number[]>; // prettier-ignore
  private ended = false;
  private readonly turns: Promise<void>[];

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
  ) {
    this.turns = ASKED.map((question) => this.askOn(question));
  }

  async stop(): Promise<void> {
    this.ended = true;
    await Promise.all(this.turns);
  }

  private async askOn(question: Question): Promise<void> {
    for (let at = 0; !this.ended;) {
      if (await this.isAnswered(`${this.urls[at % this.urls.length]}${QUESTIONS[question]}`))
        this.answers[question].push(Date.now()); // prettier-ignore
      else at += 1;
      await sleep(EVERY_MS);
    }
  }

  private async isAnswered(url: string): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(url, { headers: { authorization: `Bearer ${this.token}` }, signal });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
