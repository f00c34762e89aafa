import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSources } from './source-settings.ts';

describe('the settings of session sources', () => {
  it('are a list, inline as JSON or YAML, or in a file', () => {
    const json = '[{"app":"Shop","kind":"redis","url":"redis://r:6379/1","shape":"connect-redis"}]';
    expect(readSources(json, {})).toMatchObject([{ app: 'shop', name: 'shop-redis', revoke: false }]);
    const folder = mkdtempSync(join(tmpdir(), 'deckwatch-sources-'));
    const file = join(folder, 'sources.yaml');
    writeFileSync(file, 'sources:\n  - app: wiki\n    kind: http\n    url: https://wiki/sessions\n');
    expect(readSources(file, {})).toMatchObject([{ app: 'wiki', everySeconds: 10, id: 'id' }]);
    rmSync(folder, { recursive: true });
  });

  it('take passwords from the environment', () => {
    const text = '- {app: shop, kind: redis, url: "redis://:${SHOP_PASSWORD}@r", shape: kato}\n';
    expect(readSources(text, { SHOP_PASSWORD: 's3cret' })).toMatchObject([{ url: 'redis://:s3cret@r' }]);
    expect(() => readSources(text, {})).toThrow('the variable SHOP_PASSWORD is not set');
  });

  it.each([
    ['no list', '{"a":1}', /expected array/],
    ['another kind', '[{"app":"a","kind":"ftp"}]', /0\.kind/],
    ['an unknown field', '[{"app":"a","kind":"ingest","colour":"red"}]', /colour/],
    ['a wrong scheme', '[{"app":"a","kind":"redis","url":"http://x","shape":"kato"}]', /0\.url: allowed: redis:/],
    ['two of one name', '[{"app":"a","kind":"ingest"},{"app":"a","kind":"ingest"}]', /two sources are called a-ingest/],
    ['neither JSON nor YAML', '[{', /not YAML or JSON/],
    ['a file that is not there', '/no/such/file.yaml', /cannot read the file \(ENOENT\)/],
    ['no word of which keys', '[{"app":"a","kind":"redis","url":"redis://x"}]', /every key/],
    ['no word of which hashes', '[{"app":"a","kind":"redis","url":"redis://x","shape":"hash"}]', /every key/],
    ['all keys of a database', '[{"app":"a","kind":"redis","url":"redis://x","match":"*"}]', /every key/],
    ['a revoke address without an id', '[{"app":"a","kind":"http","url":"http://x","revoke":"http://x/y"}]', /\{id\}/],
  ])('with %s are refused by a sentence that says where', (_, text, message) => {
    expect(() => readSources(text, {})).toThrow(message);
  });
});
