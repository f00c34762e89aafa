import { connect, type NatsConnection } from '@nats-io/transport-node';
import { inboxPrefix, NATS_USERS } from '@deckwatch/contracts/brokers';
import { brokerUser, describeWith, eventually, startNats, type BrokerUser, type NatsServer } from '../src/index.ts';

/** One subject of every kind that is spoken. */
const SUBJECTS = [
  'deckwatch.stats.h',
  'deckwatch.stats.h.0123456789ab',
  'deckwatch.hosts.h',
  'deckwatch.containers.h.0123456789ab',
  'deckwatch.sessions.shop.created',
  'deckwatch.ingest.sessions.shop',
  'deckwatch.ingest.sessions.deckwatch',
  'deckwatch.alerts.rule.target',
  'deckwatch.audit.login',
  'deckwatch.gateway.forget-host',
  ...['collector', 'sessions', 'alerts', 'history', 'gateway'].map((service) => `deckwatch.services.${service}.local`),
  'deckwatch.rpc.collector.h.latest',
  'deckwatch.rpc.collector.h.inspect',
  'deckwatch.rpc.sessions.list',
  'deckwatch.rpc.sessions.source.revoke',
  'deckwatch.rpc.alerts.saveChannel',
  'deckwatch.rpc.history.range',
  'deckwatch.rpc.demo.stop',
  '$KV.deckwatch_users.all',
  '$KV.deckwatch_signing_keys.all',
  '$KV.deckwatch_flags.containerStats',
  '$KV.deckwatch_hosts.h',
  '$KV.deckwatch_channels.x',
  '$JS.API.STREAM.DELETE.CONTAINERS',
  '$JS.API.STREAM.PURGE.ALERTS',
  '$JS.API.STREAM.UPDATE.SESSIONS',
  '$JS.API.CONSUMER.MSG.NEXT.ALERTS.alerts-notifier',
  '$JS.API.CONSUMER.DELETE.ALERTS.alerts-notifier',
  '$JS.API.STREAM.MSG.GET.KV_deckwatch_users',
  '$JS.API.STREAM.MSG.GET.KV_deckwatch_signing_keys',
  '$JS.API.STREAM.MSG.GET.KV_deckwatch_channels',
  '$JS.API.STREAM.MSG.GET.CONTAINERS',
  '$SYS.REQ.SERVER.PING',
  '_INBOX.a.b',
  ...Object.keys(NATS_USERS).map((user) => `${inboxPrefix(user)}.x`),
];

/** The indices of those subjects that a user may say and hear, as the table means it, written out once more. */
const MEANT: Record<string, { says: RegExp; hears: RegExp }> = {
  collector: {
    says: /^deckwatch\.(stats|hosts|containers|services\.collector)\.|_(gateway|ops)\.x$|\$KV\.deckwatch_hosts|MSG\.GET\.CONTAINERS/,
    hears: /^deckwatch\.rpc\.collector\./,
  },
  sessions: {
    says: /^deckwatch\.(sessions|services\.sessions|rpc\.sessions\.source)\.|_INBOX_(gateway|sessions|alerts|app)\.x$|UPDATE\.SESSIONS/,
    hears: /^deckwatch\.(ingest|rpc\.sessions)\./,
  },
  alerts: {
    says: /^deckwatch\.(alerts|services\.alerts)\.|_INBOX_(gateway|alerts)\.x$|\$KV\.deckwatch_channels|PURGE\.ALERTS|alerts-notifier|GET\.(CONTAINERS|KV_deckwatch_channels)/,
    hears: /^deckwatch\.(stats\.h$|hosts|rpc\.alerts)/,
  },
  history: {
    says: /^deckwatch\.services\.history\.|_INBOX_(gateway|alerts)\.x$/,
    hears: /^deckwatch\.(stats\.h$|rpc\.history)/,
  },
  gateway: {
    says: /^deckwatch\.(services\.gateway|gateway|audit|containers|ingest\.sessions\.deckwatch|rpc\.(?!sessions\.source))|\$KV\.deckwatch_(users|signing_keys|flags|hosts)|GET\.(CONTAINERS|KV_deckwatch_(users|signing_keys))/,
    hears: /^deckwatch\.(stats|hosts|services|gateway)\./,
  },
  demo: { says: /^deckwatch\.ingest\.|_INBOX_gateway\.x$/, hears: /^deckwatch\.rpc\.demo\./ },
  reader: { says: /GET\.CONTAINERS$/, hears: /^deckwatch\.(stats|hosts|containers|sessions|alerts)\./ },
  app: { says: /^deckwatch\.ingest\./, hears: /^$/ },
  guest: { says: /^$/, hears: /^deckwatch\.(stats|hosts)\./ },
};

describeWith('nats')('the users of NATS', () => {
  let nats: NatsServer;
  let ops: NatsConnection;

  beforeAll(async () => {
    nats = await startNats({ refuses: true });
    ops = await as('ops');
  });
  afterAll(async () => {
    await ops.close();
    await nats.stop();
  });
  const as = (user: BrokerUser): Promise<NatsConnection> => {
    const { username, password, host } = new URL(brokerUser(nats, user).url);
    return connect({ servers: host, user: username, pass: password, inboxPrefix: inboxPrefix(user) });
  };

  /** The subjects that come through when the user publishes on all of them. */
  async function said(user: NatsConnection): Promise<string[]> {
    const came: string[] = [];
    const subscription = ops.subscribe('>', { callback: (_error, { subject }) => void came.push(subject) });
    await ops.flush();
    for (const subject of SUBJECTS) user.publish(subject, '{}');
    await user.flush();
    ops.publish('end');
    await eventually(() => expect(came).toContain('end'));
    subscription.unsubscribe();
    return SUBJECTS.filter((subject) => came.includes(subject));
  }

  /** The subjects that come to the user, who subscribes to each by itself. */
  async function heard(user: NatsConnection): Promise<string[]> {
    const came: string[] = [];
    const callback = (error: Error | null, message: { subject: string }): void =>
      void (error ?? came.push(message.subject));
    for (const subject of SUBJECTS) user.subscribe(subject, { callback });
    await user.flush();
    for (const subject of SUBJECTS.filter((each) => !each.startsWith('$'))) ops.publish(subject, '{}');
    await ops.flush();
    await user.flush();
    return SUBJECTS.filter((subject) => came.includes(subject));
  }

  it.each(Object.entries(MEANT))('%s says and hears its own subjects and no others', async (name, { says, hears }) => {
    const user = await as(name as BrokerUser);
    const own = `${inboxPrefix(name)}.x`;
    expect(await said(user)).toEqual(SUBJECTS.filter((subject) => says.test(subject)));
    const asks = name !== 'guest';
    expect(await heard(user)).toEqual(SUBJECTS.filter((subject) => hears.test(subject) || (asks && subject === own)));
    await user.close();
  });

  it('refuses a wrong password, and everything wider to whoever comes without one', async () => {
    const port = { servers: `127.0.0.1:${nats.port}`, reconnect: false };
    await expect(connect({ ...port, user: 'gateway', pass: 'password-of-collector' })).rejects.toThrow(
      /authorization/i,
    );
    const refused: string[] = [];
    const guest = await as('guest');
    for (const subject of ['>', 'deckwatch.>', 'deckwatch.*.>', '_INBOX.>', '$KV.>', '$JS.>'])
      guest.subscribe(subject, { callback: (error) => void (error && refused.push(subject)) });
    await guest.flush();
    await eventually(() => expect(refused).toHaveLength(6));
    await guest.close();
  });
});
