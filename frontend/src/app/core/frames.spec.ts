import { parseFrames } from './frames.ts';

describe('parseFrames', () => {
  const heartbeat = { event: 'heartbeat', data: { t: 1 } };

  it('reads one frame and a batch of frames', () => {
    expect(parseFrames(JSON.stringify(heartbeat))).toEqual([heartbeat]);
    expect(parseFrames(JSON.stringify([heartbeat, heartbeat]))).toEqual([heartbeat, heartbeat]);
  });

  it('keeps fields that it does not know', () => {
    const frame = { event: 'heartbeat', data: { t: 1, later: true }, more: 1 };
    expect(parseFrames(JSON.stringify(frame))).toEqual([frame]);
  });

  it('leaves out what is no frame and keeps the others of the batch', () => {
    const bad = [
      null,
      1,
      'text',
      [],
      {},
      { event: 'update' },
      { event: 'update', data: { topic: 'hosts', seq: '1', data: {} } },
      { event: 'event', data: { topic: 'alerts', seq: 1, data: {} } },
      { event: 'snapshot', data: { topic: 'hosts', seq: 1, data: null } },
      { event: 'subscribed', data: {} },
      { event: 'welcome', data: {} },
      { event: 'from-the-future', data: {} },
    ];
    expect(parseFrames(JSON.stringify([...bad, heartbeat]))).toEqual([heartbeat]);
  });

  it.each(['', '{', 'undefined', '"x"', new ArrayBuffer(2), undefined])('makes nothing of %p', (text) => {
    expect(parseFrames(text)).toEqual([]);
  });
});
