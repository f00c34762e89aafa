import { aSessionEvent } from '../../../testing/builders.ts';
import { endWords, eventWords, sessionWords } from './session-words.ts';

describe('session words', () => {
  const of = (event: Partial<Parameters<typeof sessionWords>[0]>) => sessionWords(aSessionEvent(event));

  it('do not guess why somebody left', () => {
    expect(of({ event: 'destroyed', reason: 'logout' })).toBe('left shop');
    expect(of({ event: 'destroyed', reason: 'unknown' })).toBe('left shop');
    expect(of({ event: 'destroyed', reason: 'revoked' })).toBe('was signed out of shop');
    expect(endWords({ app: 'shop', reason: 'unknown' })).toBe('is gone');
  });

  it('call a console what it is', () => {
    expect(of({ app: 'deckwatch' })).toBe('opened a console');
    expect(of({ app: 'deckwatch', event: 'destroyed', reason: 'logout' })).toBe('closed a console');
  });

  it('tell a begin that was seen from one that was found', () => {
    expect(eventWords(aSessionEvent({ reason: 'login' }))).toBe('began');
    expect(eventWords(aSessionEvent({ reason: 'unknown' }))).toBe('was found');
  });
});
