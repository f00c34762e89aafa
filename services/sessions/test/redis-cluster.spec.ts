import { describeWith, eventually } from '@deckwatch/testing';
import { RedisCluster } from './redis-cluster.ts';
import { publicId, SourceStage, WAIT } from './source-stage.ts';

const APP = 'spread';
const PATIENCE = { timeoutMs: 30_000, everyMs: 50 };
const session = (user: string): string => JSON.stringify({ cookie: {}, user: { name: user } });
const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describeWith('redis', 'nats')('sessions in a Redis Cluster', () => {
  let stage: SourceStage;
  let cluster: RedisCluster;

  beforeEach(async () => {
    [stage, cluster] = await Promise.all([SourceStage.open(), RedisCluster.start()]);
  }, 60_000);
  afterEach(async () => {
    await stage.close();
    await cluster.stop();
  }, 30_000);

  // A lease that is lost because the machine is busy would be a gap of its own.
  const follow = (options: object = {}) => {
    const source = {
      app: APP,
      kind: 'redis',
      url: cluster.masters[0]!.server.url,
      cluster: true,
      shape: 'connect-redis',
    };
    return stage.follow([{ ...source, ...options }], { leaseMs: 10_000 });
  };
  const login = (id: string) => cluster.client.set(`sess:${id}`, session(id), 'EX', 600);
  const logout = (id: string) => cluster.client.del(`sess:${id}`);
  /** What was told of each of these, in order. */
  const told = (ids: readonly string[]): string[] =>
    ids.map((id) => stage.events(APP).filter((event) => event.id === publicId(id)).map(({ event }) => event).join()); // prettier-ignore
  const all = (ids: readonly string[], line: string): string[] => ids.map(() => line);

  it('are followed on every master, and revoked where they are', async () => {
    await login('before');
    await follow({ revoke: true });
    const ids = names('s', 60);
    await Promise.all(ids.map(login));
    await eventually(async () => expect(await stage.active(APP)).toBe(61), WAIT);
    for (const { redis } of cluster.masters) expect(await redis.dbsize()).toBeGreaterThan(0);
    await Promise.all(ids.slice(0, 30).map(logout));
    await eventually(async () => expect(await stage.active(APP)).toBe(31), WAIT);
    expect((await stage.revoke(APP, publicId('s40'))).items).toMatchObject([{ revoked: true }]);
    await eventually(async () => expect(await stage.active(APP)).toBe(30), WAIT);
    expect(await cluster.client.exists('sess:s40')).toBe(0);
    expect(told(['before', ...ids.slice(41)])).toEqual(all(ids.slice(40), 'created'));
    expect(told([...ids.slice(0, 30), 's40'])).toEqual(all(ids.slice(0, 31), 'created,destroyed'));
  }, 60_000);

  it('stay who they are while their slot moves to another master, and are told while it does', async () => {
    const [stay, leave, come, go] = ['stay', 'leave', 'come', 'go'].map((name) => names(`{moved}${name}`, 30)) as [string[], string[], string[], string[]]; // prettier-ignore
    await Promise.all([...stay, ...leave].map(login));
    await follow({ revoke: true });
    const key = `sess:${stay[0]}`;
    const from = await cluster.masterOf(key);
    const to = cluster.masters.find((node) => node !== from)!;
    let turn = 0;
    await cluster.moveSlot(await cluster.slotOf(key), from, to, async () => {
      if (turn >= 30) return;
      // One that may have moved or not logs out, one logs in, and one does both.
      await Promise.all([logout(leave[turn]!), login(come[turn]!), login(go[turn]!)]);
      await logout(go[turn]!);
      turn += 1;
    });
    expect(turn).toBe(30);
    await eventually(() => expect(told([...leave, ...go])).toEqual(all([...leave, ...go], 'created,destroyed')), WAIT);
    await eventually(() => expect(told([...stay, ...come])).toEqual(all([...stay, ...come], 'created')), WAIT);
    expect(await stage.active(APP)).toBe(60);
    await Promise.all(stay.slice(1).map(logout));
    await eventually(() => expect(told(stay.slice(1))).toEqual(all(stay.slice(1), 'created,destroyed')), WAIT);
    expect((await stage.revoke(APP, publicId(stay[0]!))).items).toMatchObject([{ revoked: true }]);
    await eventually(async () => expect(await stage.active(APP)).toBe(30), WAIT);
    expect((await stage.states())[0]).toMatchObject({ state: 'following', gaps: 0 });
  }, 60_000);

  it('go on at the replica that takes over from a master, by order or because it died', async () => {
    const [stay, leave] = [names('stay', 40), names('leave', 40)];
    await Promise.all([...stay, ...leave].map(login));
    // The one that is named in the settings: the others must do without it.
    const [master] = cluster.masters;
    const replica = await cluster.replicate(master!);
    await follow();
    await replica.redis.call('CLUSTER', 'FAILOVER');
    await cluster.promoted(replica);
    await Promise.all(leave.slice(0, 20).map(logout));
    await eventually(async () => expect(await stage.active(APP)).toBe(60), PATIENCE);
    const arrived = names('arrived', 40);
    await Promise.all(arrived.map(login));
    await eventually(async () => expect(await stage.active(APP)).toBe(100), PATIENCE);

    await replica.server.kill();
    await cluster.promoted(master!);
    await eventually(async () => expect(await Promise.all(leave.slice(20).map(logout))).toBeDefined(), PATIENCE);
    await eventually(async () => expect(await stage.active(APP)).toBe(80), PATIENCE);
    const late = names('late', 40);
    await Promise.all(late.map(login));
    await eventually(async () => expect(await stage.active(APP)).toBe(120), PATIENCE);
    const living = [...stay, ...arrived, ...late];
    expect(told(living)).toEqual(all(living, 'created'));
    expect(told(leave)).toEqual(all(leave, 'created,destroyed'));
    expect((await stage.states())[0]!.gaps).toBeGreaterThan(1);
  }, 90_000);
});
