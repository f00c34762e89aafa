import { RpcFault } from '@deckwatch/bus';
import type { ContainerDetails } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { Engine } from './engine.ts';

const TIMEOUT_MS = 2000;
/** Many look at the same container: an answer serves for a moment. */
const KEEP_MS = 3000;
const AT_ONCE = 8;
const MOST_KEPT = 200;

interface Kept {
  at: number;
  answer: Promise<ContainerDetails>;
}

/** Asks the engine what people want to know of a container, a bounded number of questions at a time. */
export class Inspector {
  private readonly kept = new Map<string, Kept>();
  private busy = 0;

  constructor(
    private readonly engine: Pick<Engine, 'details'>,
    /** Whether a container of this short id is in the inventory. */
    private readonly knows: (id: string) => boolean,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Throws RpcFault: 404 for a container that is not there, 503 when the engine does not answer or is asked too much. */
  inspect(id: string): Promise<ContainerDetails> {
    const now = this.clock.now();
    const before = this.kept.get(id);
    if (before && now - before.at < KEEP_MS) return before.answer;
    if (this.busy >= AT_ONCE) return Promise.reject(new RpcFault(503, 'too many inspections at once'));
    const answer = this.ask(id);
    this.kept.delete(id);
    this.kept.set(id, { at: now, answer });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      this.kept.delete(oldest);
    }
    answer.catch(() => this.kept.delete(id));
    return answer;
  }

  private async ask(id: string): Promise<ContainerDetails> {
    if (!this.knows(id)) throw new RpcFault(404, 'the container is gone');
    this.busy += 1;
    try {
      const details = await this.engine.details(id, TIMEOUT_MS);
      if (!details) throw new RpcFault(404, 'the container is gone');
      return details;
    } catch (error) {
      if (error instanceof RpcFault) throw error;
      throw new RpcFault(503, 'the engine does not answer', undefined, { cause: error });
    } finally {
      this.busy -= 1;
    }
  }
}
