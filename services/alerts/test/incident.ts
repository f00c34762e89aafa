import { ALERTS_RPC, subjects, type AlertMessage } from '@deckwatch/contracts';
import { A_HOST, AN_ID, eventually } from '@deckwatch/testing';
import type { OddReceiver } from './odd-receiver.ts';
import { checkStory } from './story.ts';
import { someLastWords, type Outside } from './support.ts';

interface Step {
  name: string;
  /** Happens once, whoever evaluates then, if anybody does. */
  begin?: () => Promise<void>;
  /** Goes on until the step is done. */
  meanwhile?: () => void;
  isDone: () => boolean;
}

const STEP_LIMIT_MS = 20_000;
const SAMPLE_MS = 1000;
const ACK_LIMIT_MS = 300;
const CHANNEL = 'hook';

/**
 * The same again and again: a container falls sick, which is said once, and busy; somebody takes that on; it recovers,
 * said once as well; and all of it is told to a receiver. It goes on where it was, whoever evaluates meanwhile.
 */
export class Incident {
  private readonly rules = ['busy', 'sick'];
  private readonly steps: Step[];
  private at = 0;
  private begun = false;
  private asking = false;
  private sampleAt = Date.now();

  constructor(
    private readonly outside: Outside,
    private readonly receiver: OddReceiver,
  ) {
    this.steps = [
      {
        name: 'it falls sick and busy',
        begin: () => this.fallSick(),
        meanwhile: () => this.sample(95),
        isDone: () => this.stands('firing'),
      },
      { name: 'somebody takes it on', meanwhile: () => this.takeOn(), isDone: () => Boolean(this.last('busy')?.ack) },
      {
        name: 'it recovers',
        begin: () => outside.container({ event: 'healthy', health: 'healthy' }),
        meanwhile: () => this.sample(10),
        isDone: () => this.stands('resolved'),
      },
      { name: 'all of it is told', isDone: () => this.untold.length === 0 },
    ];
  }

  /** A rule on samples, one on events, and a channel that takes all at once. */
  async prepare(): Promise<void> {
    const { outside, receiver } = this;
    await outside.container();
    const channel = { name: 'Hook', type: 'webhook', url: receiver.url, allowPrivate: true, perMinute: 6000 } as const;
    await outside.bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel });
    const shared = { target: 'container' as const, channels: [CHANNEL], notify: { groupMs: 0 } };
    const busy = { metric: 'cpu', op: '>', value: 80 } as const;
    await outside.save({ ...shared, id: 'busy', name: 'Busy', condition: busy, forMs: SAMPLE_MS });
    const sick = { event: ['unhealthy' as const], count: 1, withinMs: 60_000 };
    await outside.save({ ...shared, id: 'sick', name: 'Sick', condition: sick });
  }

  /** Goes on until that time has come: for so many whole incidents at most. Returns whether it came. */
  async goOn(isTime: () => boolean, incidents: number, when: string): Promise<boolean> {
    const { steps } = this;
    const end = (Math.ceil(this.at / steps.length) + incidents) * steps.length;
    while (this.at < end && !isTime()) {
      const step = steps[this.at % steps.length]!;
      if (!this.begun) await step.begin?.();
      this.begun = true;
      await eventually(() => isTime() || this.isOver(step), {
        timeoutMs: STEP_LIMIT_MS,
        describe: `${step.name}, ${when},`,
      });
      if (step.isDone()) [this.at, this.begun] = [this.at + 1, false];
    }
    return isTime();
  }

  /** Every transition stood in the stream once, in order, and was told in order; again under its own key only. */
  check(): void {
    for (const rule of this.rules) {
      checkStory(this.of(rule));
      const toTell = this.toTell(rule);
      expect([...new Set(this.told)].filter((notice) => toTell.includes(notice))).toEqual(toTell);
    }
    for (const { headers, body } of this.receiver.calls) {
      const { id, seq } = JSON.parse(body) as AlertMessage;
      expect(headers['webhook-id']).toBe(`${id}:${seq}:${CHANNEL}`);
    }
  }

  /** What was told, with what came again, as `<alert>.<seq>`. */
  get told(): string[] {
    return this.receiver.calls.map(({ body }) => noticeOf(JSON.parse(body) as AlertMessage));
  }

  private get untold(): string[] {
    const told = new Set(this.told);
    return this.rules.flatMap((rule) => this.toTell(rule)).filter((notice) => !told.has(notice));
  }

  private toTell(rule: string): string[] {
    return this.of(rule)
      .filter(({ change, state, firedAt }) => change === 'state' && state !== 'pending' && firedAt !== null)
      .map(noticeOf);
  }

  private of(rule: string): AlertMessage[] {
    return this.outside.heard.filter((message) => message.rule.id === rule);
  }

  private last(rule: string): AlertMessage | undefined {
    return this.of(rule).at(-1);
  }

  private stands(state: AlertMessage['state']): boolean {
    return this.rules.every((rule) => this.last(rule)?.state === state);
  }

  private isOver(step: Step): boolean {
    if (step.isDone()) return true;
    step.meanwhile?.();
    return false;
  }

  private async fallSick(): Promise<void> {
    const t = Date.now();
    await this.outside.container({ event: 'unhealthy', health: 'unhealthy', t });
    const words = someLastWords({ event: 'unhealthy', t });
    await this.outside.bus.js.publish(subjects.lastWords(A_HOST, AN_ID), JSON.stringify(words));
  }

  private sample(cpu: number): void {
    this.outside.cpu(cpu, (this.sampleAt += SAMPLE_MS));
  }

  /** Until it is heard: nobody may evaluate just now. */
  private takeOn(): void {
    const alert = this.last('busy');
    if (this.asking || !alert) return;
    this.asking = true;
    void this.outside.bus
      .call('alerts', ALERTS_RPC, 'ack', { id: alert.id, by: 'ada', note: 'on it' }, ACK_LIMIT_MS)
      .catch(() => undefined)
      .finally(() => (this.asking = false));
  }
}

const noticeOf = ({ id, seq }: AlertMessage): string => `${id}.${seq}`;
