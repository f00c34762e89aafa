import fc from 'fast-check';
import { ClientFrame } from './console-protocol.ts';

const fits = (frame: unknown): boolean => ClientFrame.safeParse(frame).success;

describe("a client's frame", () => {
  it.each([
    [{ event: 'hello', data: { protocol: 1 } }],
    [{ event: 'subscribe', data: { id: 1, topics: ['hosts'], since: { alerts: { epoch: 5, seq: 7 } } } }],
    [{ event: 'unsubscribe', data: { id: 'a', topics: ['hosts'] } }],
    [{ event: 'subscribe', data: { id: 1, topics: ['', 'hosts', 'x'.repeat(5000)] } }],
    [{ event: 'ping', data: {} }],
    [{ event: 'ping', data: { later: true } }],
  ])('%j is taken', (frame) => {
    expect(fits(frame)).toBe(true);
  });

  it.each([
    [{ event: 'hello', data: { protocol: 2 } }],
    [{ event: 'subscribe', data: { id: 1, topics: [] } }],
    [{ event: 'subscribe', data: { id: 1, topics: [['hosts']] } }],
    [{ event: 'subscribe', data: { id: 1, topics: ['hosts'], rateMs: 50 } }],
    [{ event: 'nothing', data: {} }],
    [{ event: 'ping' }],
    [[]],
    ['ping'],
    [null],
  ])('%j is refused', (frame) => {
    expect(fits(frame)).toBe(false);
  });

  it('is refused without an exception, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fits(value)).toBe(false);
      }),
      { seed: 3 },
    );
  });
});
