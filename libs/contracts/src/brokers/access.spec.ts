import { filters, subjects } from '../subjects.ts';
import { BUCKETS, STREAMS } from '../streams.ts';
import { SERVICES } from '../service-status.ts';
import { inboxPrefix, NATS_USERS, natsPermissions, redisRules } from './index.mjs';

/** Kinds of subjects that the public contract announces; all others are between services. */
const PUBLIC = ['stats', 'hosts', 'containers', 'sessions', 'alerts'];
const users = Object.entries(NATS_USERS);
const services = users.filter(([, user]) => !user.outside);
const kindOf = (subject: string): string => subject.split('.')[1]!;

describe('who may do what on NATS', () => {
  it('is said of every service, and of nothing that is not there', () => {
    const named = users.flatMap(([, { streams = {}, buckets = {} }]) => [Object.keys(streams), Object.keys(buckets)]);
    expect(Object.keys(NATS_USERS)).toEqual(expect.arrayContaining([...SERVICES]));
    expect(Object.values(STREAMS).map(({ name }) => name)).toEqual(
      expect.arrayContaining(named.flat().filter((name) => name === name.toUpperCase())),
    );
    expect(Object.values(BUCKETS).map(({ name }) => name as string)).toEqual(
      expect.arrayContaining(named.flat().filter((name) => name !== name.toUpperCase())),
    );
  });

  it.each(Object.values(STREAMS))(
    'gives the stream $name one owner, who alone writes its subjects',
    ({ name, subjects: [subject] }) => {
      const owners = services.filter(([, { streams }]) => streams?.[name] === 'own').map(([user]) => user);
      const writers = services
        .filter(([, { publish = [] }]) => publish.some((said) => kindOf(said) === kindOf(subject)))
        .map(([user]) => user);
      expect(owners).toHaveLength(1);
      // The gateway tells `removed` of the containers of a host that is forgotten.
      expect(writers).toEqual(name === 'CONTAINERS' ? ['collector', 'gateway'] : owners);
    },
  );

  it.each(Object.values(BUCKETS))('lets somebody write the bucket $name', ({ name }) => {
    expect(services.some(([, { buckets }]) => buckets?.[name] === 'write')).toBe(true);
  });

  it('lets whoever serves a request answer all who may ask it', () => {
    const wordsOf = (subject: string) => subject.split('.').slice(0, 3).join('.');
    for (const [asker, { publish = [] }] of users) {
      for (const asked of publish.filter((subject) => /^deckwatch\.(rpc|ingest)\./.test(subject))) {
        const servers = users.filter(([, { subscribe = [] }]) =>
          subscribe.some((heard) => wordsOf(heard) === wordsOf(asked)),
        );
        expect(servers).not.toEqual([]);
        const published = (user: string) => natsPermissions(user)?.publish.allow ?? [];
        // Those who only publish, without waiting for an answer.
        if (['gateway', 'demo'].includes(asker) && kindOf(asked) === 'ingest') continue;
        for (const [server] of servers) expect(published(server)).toContain(`${inboxPrefix(asker)}.>`);
      }
    }
  });

  it('hides from the outside reader all that is not announced', () => {
    const all = [
      ...Object.values(filters).filter(
        (filter): filter is Exclude<typeof filter, () => string> => typeof filter === 'string',
      ),
      ...Object.values(STREAMS).flatMap((stream) => stream.subjects),
      ...Object.values(subjects).map((subject) =>
        typeof subject === 'string' ? subject : (subject as (...names: string[]) => string)('a', 'b'),
      ),
    ] as string[];
    const hidden = new Set(all.map(kindOf).filter((kind) => !PUBLIC.includes(kind)));
    expect(natsPermissions('reader')?.subscribe.deny?.map(kindOf).sort()).toEqual([...hidden].sort());
  });

  it('gives nobody a way to hear the answers of others', () => {
    for (const [user] of users) {
      const inboxes = natsPermissions(user)!.subscribe.allow!.filter((subject) => subject.startsWith('_INBOX'));
      expect([[], [`${inboxPrefix(user)}.>`]]).toContainEqual(inboxes);
    }
  });
});

describe('who may do what in Redis', () => {
  it('keeps services apart, and off the server itself', () => {
    expect(redisRules('sessions')).toMatch(/~deckwatch:\{sessions\}:\* .*-@dangerous -@admin/);
    expect(redisRules('alerts')).not.toContain('{sessions}');
  });
});
