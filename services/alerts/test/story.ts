import type { AlertMessage } from '@deckwatch/contracts';

/** What every reader of the stream may rely on: the messages of one rule on one target, from the first on. */
export function checkStory(messages: AlertMessage[]): void {
  let before: AlertMessage | undefined;
  for (const message of messages) {
    const goesOn = before !== undefined && before.state !== 'resolved';
    if (goesOn) {
      expect(message.id).toBe(before!.id);
      expect(message.seq).toBe(before!.seq + 1);
      if (message.change !== 'state') {
        expect(message).toMatchObject({ state: before!.state, firedAt: before!.firedAt, value: before!.value });
        before = message;
        continue;
      }
      expect(message.ack).toEqual(before!.ack);
      expect(['firing', 'nodata', 'resolved']).toContain(message.state);
      if (before!.state === 'firing' || before!.state === 'nodata') expect(message.state).toBe('resolved');
    } else {
      expect(message.seq).toBe(1);
      expect(message.change).toBe('state');
      expect(message.ack).toBeNull();
      expect(message.state).not.toBe('resolved');
      expect(Number(message.id.split('-').at(-1))).toBe(before ? Number(before.id.split('-').at(-1)) + 1 : 1);
    }
    expect(message.t).toBeGreaterThanOrEqual(before?.t ?? 0);
    expect(message.resolvedAt === null).toBe(message.state !== 'resolved');
    if (message.state === 'firing') expect(message.firedAt).not.toBeNull();
    if (message.state === 'resolved' && goesOn) expect(message.firedAt).toBe(before!.firedAt);
    before = message;
  }
}
