import { TimeoutError } from '@nats-io/transport-node';
import { Backoff } from './backoff.ts';
import { RevisionConflict } from './bucket.ts';
import { patiently } from './patiently.ts';

const AT_ONCE = new Backoff({ baseMs: 1, maxMs: 1 });

/** Answers as the broker does: one after the other, an error is thrown. */
function broker(...answers: unknown[]) {
  const asked = { times: 0 };
  const ask = async (): Promise<unknown> => {
    const answer = answers[Math.min(asked.times, answers.length - 1)];
    asked.times += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { ask, asked };
}

describe('patience', () => {
  it('asks until the broker answers', async () => {
    const wrapped = new Error('request failed', { cause: new TimeoutError() });
    const { ask, asked } = broker(new TimeoutError(), wrapped, 'an answer');
    await expect(patiently(ask, undefined, AT_ONCE)).resolves.toBe('an answer');
    expect(asked.times).toBe(3);
  });

  it('hands on what the broker answers', async () => {
    const { ask, asked } = broker(new RevisionConflict('key'));
    await expect(patiently(ask, undefined, AT_ONCE)).rejects.toThrow(RevisionConflict);
    expect(asked.times).toBe(1);
  });

  it('ends when there is nobody to ask any more', async () => {
    const { ask, asked } = broker(new TimeoutError());
    await expect(patiently(ask, () => asked.times > 2, AT_ONCE)).rejects.toThrow(TimeoutError);
    expect(asked.times).toBe(3);
  });
});
