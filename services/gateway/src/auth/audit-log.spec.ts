import { redacted } from './audit-log.ts';
import { RefusalTally } from './refusal-tally.ts';

describe('what the audit log keeps of a change', () => {
  it('has no secrets, and of addresses the origin alone', () => {
    const channel = {
      name: 'ops',
      secret: 's',
      url: 'https://hooks.example/T0/abc?x=1',
      headers: { authorization: 'x' },
    };
    expect(redacted(channel)).toEqual({ name: 'ops', secret: '***', url: 'https://hooks.example/***', headers: { authorization: '***' } }); // prettier-ignore
    expect(redacted({ key: 'alpha', routingKey: 'x', private_key: 'y' })).toEqual({ key: 'alpha', routingKey: '***', private_key: '***' }); // prettier-ignore
    expect(redacted({ passwordChanged: true, apiKey: null, webhookUrl: 'nonsense' })).toEqual({ passwordChanged: true, apiKey: null, webhookUrl: '***' }); // prettier-ignore
  });

  it('is not endless: neither long, nor wide, nor deep', () => {
    let deep: unknown = 'x';
    for (let n = 0; n < 5000; n += 1) deep = [deep];
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`f${n}`, 'x'.repeat(5000)]));
    expect(JSON.stringify(redacted({ deep, wide })).length).toBeLessThan(40_000);
  });
});

describe('what is refused again and again', () => {
  const refusal = { who: 'eve', action: 'refused: set flag', target: '/x', from: '10.0.0.1' };

  it('is told at once, and then once with its number', () => {
    let now = 0;
    const tally = new RefusalTally(() => now);
    expect(tally.note(refusal)).toEqual([{ ...refusal, before: null, after: null }]);
    for (let n = 0; n < 5000; n += 1) expect(tally.note(refusal)).toEqual([]);
    expect(tally.note({ ...refusal, who: 'ada' })).toHaveLength(1);
    expect(tally.due()).toEqual([]);
    now = 60_000;
    expect(tally.due()).toEqual([{ ...refusal, before: null, after: { timesMore: 5000, since: 0 } }]);
    expect(tally.note(refusal)).toHaveLength(1);
  });

  it('is summed up when it goes on after a minute', () => {
    let now = 0;
    const tally = new RefusalTally(() => now);
    tally.note(refusal);
    tally.note(refusal);
    now = 61_000;
    expect(tally.note(refusal).map(({ after }) => after)).toEqual([{ timesMore: 1, since: 0 }, null]);
  });

  it('is counted for a bounded number of kinds', () => {
    const tally = new RefusalTally(() => 0);
    for (let n = 0; n < 5000; n += 1) tally.note({ ...refusal, from: String(n) });
    expect((tally as unknown as { tallies: Map<string, unknown> }).tallies.size).toBe(1000);
  });
});
