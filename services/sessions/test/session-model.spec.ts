import { aChange, START } from './changes.ts';
import { attrsText, boundedTime, USUAL_RULES, type SessionChange } from '../src/registry/session-change.ts';
import { SessionModel } from './session-model.ts';

const HEARD = { since: 0, graceMs: 0 };
const MINUTE = 60_000;

describe('the rules of sessions', () => {
  let model: SessionModel;
  beforeEach(() => (model = new SessionModel(USUAL_RULES)));
  const told = () => model.events.map(({ event, reason, active }) => [event, reason, active]);
  const apply = (over: Partial<SessionChange> = {}) => model.apply(aChange(over));

  it('begin with a start or a touch, whichever comes first', () => {
    expect(apply()).toBe('created');
    expect(apply({ id: 's-2', op: 'touch', reason: 'unknown' })).toBe('created');
    expect(told()).toEqual([['created', 'login', 1], ['created', 'unknown', 2]]); // prettier-ignore
  });

  it('end by an end, or when nothing was heard for the time to live', () => {
    apply();
    apply({ id: 's-2', ttlMs: 1000 });
    expect(apply({ op: 'end', reason: 'logout', at: START + 10 })).toBe('destroyed');
    model.expire(START + 999, HEARD);
    expect(model.live.size).toBe(1);
    model.expire(START + 1000, HEARD);
    expect(told().slice(2)).toEqual([['destroyed', 'logout', 1], ['destroyed', 'expired', 0]]); // prettier-ignore
  });

  it('live on with each touch', () => {
    apply({ ttlMs: 1000 });
    apply({ op: 'touch', ttlMs: 1000, at: START + 900 });
    model.expire(START + 1800, HEARD);
    expect(model.live.size).toBe(1);
  });

  it('ignore what is older than the last word on them', () => {
    apply({ t: START });
    expect(apply({ op: 'end', t: START - 1, at: START + 5 })).toBe('old');
    expect(apply({ op: 'end', t: null, at: START + 5 })).toBe('destroyed');
    expect(apply({ t: START - 1, at: START + 9 })).toBe('old');
  });

  it('are not revived by a late touch, but by a new start', () => {
    apply();
    apply({ op: 'end', at: START + 10 });
    expect(apply({ op: 'touch', at: START + 20 })).toBe('ended');
    expect(apply({ op: 'start', at: START + 20, t: START + 10 })).toBe('old');
    expect(apply({ op: 'start', at: START + 20 })).toBe('created');
  });

  it('are forgotten ten minutes after their end, or after their time to live when that is longer', () => {
    apply();
    apply({ op: 'end', at: START, ttlMs: 1000 });
    expect(apply({ op: 'touch', at: START + 10 * MINUTE - 1 })).toBe('ended');
    expect(apply({ op: 'touch', at: START + 10 * MINUTE })).toBe('created');
    apply({ op: 'end', at: START + 11 * MINUTE, ttlMs: 60 * MINUTE });
    expect(apply({ op: 'touch', at: START + 70 * MINUTE })).toBe('ended');
  });

  it('come back after they expired when their user does', () => {
    apply({ ttlMs: 1000 });
    model.expire(START + 1000, HEARD);
    expect(apply({ op: 'touch', t: START - 1, at: START + 2000 })).toBe('old');
    expect(apply({ op: 'touch', at: START + 2000 })).toBe('created');
  });

  it('remember an end that overtook its start', () => {
    expect(apply({ op: 'end', t: START + 5, at: START + 6 })).toBe('remembered');
    expect(apply({ op: 'start', t: START, at: START + 7 })).toBe('old');
    expect(model.events).toEqual([]);
  });

  it('are spared while nobody could hear that they live', () => {
    apply({ ttlMs: 1000 });
    const hearing = { since: START + 5000, graceMs: MINUTE };
    model.expire(START + 6000, hearing);
    expect(model.live.size).toBe(1);
    apply({ id: 's-2', ttlMs: 1000, at: START + 7000 });
    model.expire(START + 8000, hearing);
    expect([...model.live.values()].map(({ id }) => id)).toEqual(['s-1']);
    model.expire(START + 5000 + MINUTE, hearing);
    expect(model.live.size).toBe(0);
  });

  it('keep user and attributes that a touch does not name', () => {
    apply({ attrs: { page: 1 } });
    expect(apply({ op: 'touch', user: null, attrs: {} })).toBe('seen');
    expect([...model.live.values()][0]).toMatchObject({ user: 'ada', attrs: { page: 1 } });
    expect(apply({ op: 'start', user: null })).toBe('updated');
    expect([...model.live.values()][0]).toMatchObject({ user: null, attrs: {} });
  });

  it('tell changes at most once in five seconds, the last state in the end', () => {
    apply();
    expect(apply({ op: 'touch', attrs: { n: 1 }, at: START + 1 })).toBe('updated');
    expect(apply({ op: 'touch', attrs: { n: 2 }, at: START + 2 })).toBe('pending');
    expect(apply({ op: 'touch', attrs: { n: 3 }, at: START + 3 })).toBe('pending');
    model.expire(START + 5000, HEARD);
    expect(model.events).toHaveLength(2);
    model.expire(START + 5001, HEARD);
    expect(model.events.slice(1).map(({ event, attrs }) => [event, attrs])).toEqual([
      ['updated', { n: 1 }],
      ['updated', { n: 3 }],
    ]);
  });

  it('stand still when no more events can be kept, except that all who are there stay', () => {
    model = new SessionModel({ ...USUAL_RULES, outboxLimit: 2 });
    apply({ ttlMs: 1000 });
    apply({ id: 's-2' });
    expect(apply({ id: 's-3' })).toBe('full');
    expect(apply({ op: 'end', id: 's-2' })).toBe('full');
    expect(apply({ op: 'touch', at: START + 900 })).toBe('seen');
    model.expire(START + 99_000, HEARD);
    expect(model.live.size).toBe(2);
    model.publish(2);
    model.expire(START + 99_000, HEARD);
    expect(model.live.size).toBe(0);
  });

  it('belong to a bounded number of apps', () => {
    model = new SessionModel({ ...USUAL_RULES, appLimit: 1 });
    apply();
    expect(apply({ app: 'forum' })).toBe('apps');
    expect(apply({ id: 's-2' })).toBe('created');
  });
});

describe('the time of a sender', () => {
  it('is taken at its word when its clock is behind or a little ahead', () => {
    expect(boundedTime(START - 99_000, START)).toBe(START - 99_000);
    expect(boundedTime(START + 59_000, START)).toBe(START + 59_000);
    expect(boundedTime(undefined, START)).toBeNull();
  });

  it('counts as a minute ahead when it is further ahead, so that a later message is never the older one', () => {
    const year = 365 * 86_400_000;
    expect(boundedTime(START + year, START)).toBe(START + 60_000);
    expect(boundedTime(START + year + 10, START + 10)!).toBeGreaterThan(boundedTime(START + year, START)!);
  });
});

describe('attributes as text', () => {
  it('are the same in any order of their names', () => {
    expect(attrsText({ b: 1, a: 'x' })).toBe(attrsText({ a: 'x', b: 1 }));
    expect(attrsText({ a: 1 })).not.toBe(attrsText({ a: '1' }));
  });
});
