import { BUCKETS } from '@deckwatch/contracts';
import { SecretBox } from '@deckwatch/service-kit';
import { describeWith, eventually, startNats, testBus, type NatsServer } from '@deckwatch/testing';
import { AccessTokens } from '../src/auth/logins/access-tokens.ts';
import { SealedKeys, SigningKeys } from '../src/auth/logins/signing-keys.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describeWith('nats')('the keys that sign access tokens', () => {
  let now = Date.now();
  let nats: NatsServer;
  let bus: Awaited<ReturnType<typeof testBus>>;
  const running: SigningKeys[] = [];

  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterAll(async () => {
    running.forEach((keys) => keys.stop());
    await bus.close();
    await nats.stop();
  });

  const store = () => bus.bucket(BUCKETS.signingKeys, SealedKeys);
  async function aGateway(secret = Buffer.alloc(32, 7)): Promise<{ keys: SigningKeys; tokens: AccessTokens }> {
    const keys = new SigningKeys(await store(), new SecretBox(secret), () => now);
    running.push(keys);
    await keys.start();
    return { keys, tokens: new AccessTokens(keys, () => now) };
  }

  it('are made once, by gateways that start together, and lie sealed', async () => {
    const gateways = await Promise.all([aGateway(), aGateway(), aGateway()]);
    expect(new Set(gateways.map(({ keys }) => keys.current.kid)).size).toBe(1);
    const stored = JSON.stringify((await (await store()).get('all'))!.value);
    const { secret } = gateways[0]!.keys.current;
    for (const form of ['base64', 'base64url', 'hex'] as const) expect(stored).not.toContain(Buffer.from(secret).toString(form)); // prettier-ignore
  });

  it('are replaced after a month, at all gateways; what the one before signed is good for a day more', async () => {
    const [one, two] = await Promise.all([aGateway(), aGateway()]);
    const before = one.keys.current;
    now += 29 * DAY_MS;
    await one.keys.rotate();
    expect(one.keys.current).toEqual(before);
    now += DAY_MS;
    await Promise.all([one.keys.rotate(), two.keys.rotate()]);
    expect(one.keys.current.kid).not.toBe(before.kid);
    await eventually(() => expect(two.keys.current).toEqual(one.keys.current));
    expect(two.keys.find(before.kid)).toBeDefined();
    now += DAY_MS + HOUR_MS;
    expect([one, two].map(({ keys }) => keys.find(before.kid))).toEqual([undefined, undefined]);
  });

  it('go on to sign when they could not be replaced', async () => {
    const { keys } = await aGateway();
    now += 90 * DAY_MS;
    expect(keys.find(keys.current.kid)).toBe(keys.current);
  });

  it('are not read with another DECKWATCH_SECRET_KEY', async () => {
    await expect(aGateway(Buffer.alloc(32, 8))).rejects.toThrow('sealed with another key');
  });
});
