import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describeWith } from '@deckwatch/testing';
import { useGateway } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'deckwatch-console-'));
writeFileSync(join(folder, 'index.html'), '<!doctype html>the console');
writeFileSync(join(folder, 'main-AWXL6MPH.js'), 'let a = 1;');
writeFileSync(join(folder, 'main-AWXL6MPH.js.br'), brotliCompressSync('let a = 1;'));
writeFileSync(join(folder, 'theme.js'), 'let b = 1;');
writeFileSync(join(folder, 'theme.js.br'), brotliCompressSync('let b = 1;'));
afterAll(() => rmSync(folder, { recursive: true }));

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describeWith('nats')('the console files', () => {
  const fixture = useGateway({ env: { DECKWATCH_CONSOLE_DIR: folder } });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(fixture.gateway.url + path, { headers });

  it.each(['/', '/containers', '/alerts/busy-1?tab=log', '/..%2f..%2fetc/passwd'])(
    'opens the console at %s',
    async (path) => {
      const answer = await get(path, PAGE);
      expect([answer.status, answer.headers.get('cache-control'), await answer.text()]).toEqual([
        200,
        'no-cache',
        expect.stringContaining('the console'),
      ]);
    },
  );

  it('keeps hashed files for good, others not', async () => {
    expect((await get('/main-AWXL6MPH.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/theme.js')).headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    ['/theme.js', 'let b = 1;'],
    ['/main-AWXL6MPH.js', 'let a = 1;'],
  ])('serves the compressed form of %s to who reads it, as what it is', async (path, text) => {
    for (const encoding of ['br', 'identity']) {
      const answer = await get(path, { 'accept-encoding': encoding });
      expect(answer.headers.get('content-encoding')).toBe(encoding === 'br' ? 'br' : null);
      expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(answer.headers.get('vary')).toMatch(/accept-encoding/i);
      expect(await answer.text()).toBe(text);
    }
  });

  it('tells of a hashed file without sending it, and knows one that a later build brought', async () => {
    const head = await fetch(`${fixture.gateway.url}/main-AWXL6MPH.js`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length') !== '0', await head.text()]).toEqual([200, true, '']);
    writeFileSync(join(folder, 'late-BWXL6MPH.js'), 'let c = 1;');
    expect(await (await get('/late-BWXL6MPH.js')).text()).toBe('let c = 1;');
  });

  it.each(['/missing-AWXL6MPH.js', '/api/v1/nothing', '/%2e%2e/package.json'])('has nothing at %s', async (path) => {
    const answer = await get(path, PAGE);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('lets nothing foreign run in the page or frame it', async () => {
    const policy = (await get('/', PAGE)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
  });
});

describeWith('nats')('a missing console', () => {
  const fixture = useGateway({ env: { DECKWATCH_CONSOLE_DIR: '/nowhere' } });

  it('is said on a plain page', async () => {
    const answer = await fetch(fixture.gateway.url, { headers: PAGE });
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('not built')]);
  });
});
