import { describeWith, eventually, startNats, testBus } from '../src/index.ts';

describeWith('nats')('a bus for tests', () => {
  it('has the streams and carries messages', async () => {
    const nats = await startNats();
    const bus = await testBus(nats);
    const heard: unknown[] = [];
    bus.subscribe('deckwatch.hosts.*', (message) => heard.push(message.json()));
    await eventually(() => {
      bus.publish('deckwatch.hosts.alpha', { hello: 1 });
      expect(heard).toContainEqual({ hello: 1 });
    });
    await expect(bus.jsm.streams.names().next()).resolves.toEqual(expect.arrayContaining(['CONTAINERS']));
    await bus.close();
    await nats.stop();
  });
});
