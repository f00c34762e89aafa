import { stepsOf } from './key-events.ts';

const begin = { kind: 'begin' };
const stay = { kind: 'stay' };
const end = (reason: string) => ({ kind: 'end', reason });

describe('what the events of a key say of its session', () => {
  it.each([
    ['a login', false, ['new', 'set', 'expire'], [begin]],
    ['a touch', true, ['set', 'expire'], [stay]],
    ['a longer life alone', true, ['expire'], [stay]],
    ['a logout', true, ['del'], [end('logout')]],
    ['an expiry', true, ['expired'], [end('expired')]],
    ['an eviction', true, ['evicted'], [end('unknown')]],
    ['a key that is renamed away', true, ['rename_from'], [end('unknown')]],
    ['a key that is renamed to it', false, ['rename_to', 'new'], [begin]],
    ['one that takes the place of another', true, ['rename_to'], [stay]],
    ['a login and a logout within a moment', false, ['new', 'set', 'del'], [begin, end('logout')]],
    ['a logout and a login', true, ['del', 'new', 'set'], [end('logout'), begin]],
    ['a touch before a logout', true, ['set', 'del'], [end('logout')]],
    ['a hash that is written field by field', false, ['new', 'hset', 'hset', 'expire'], [begin]],
    ['the last field of a hash', true, ['hdel', 'del'], [end('logout')]],
    ['the end of one that is not known', false, ['del', 'expired'], []],
    ['a Redis without the event `new`', false, ['set'], [begin]],
    ['twice there and gone', false, ['set', 'del', 'set', 'expired'], [begin, end('logout'), begin, end('expired')]],
    ['nothing', true, [], []],
  ])('%s', (_, known, events, steps) => {
    expect(stepsOf(known, events)).toEqual(steps);
  });
});
