import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { address, choice, integer, readSettings, secretKey } from './settings.ts';
import { SettingsError } from './settings-error.ts';

const SHAPE = {
  DECKWATCH_PORT: integer(0, 65_535, 8080),
  DECKWATCH_READER: choice(['auto', 'cgroup', 'engine'], 'auto'),
  NATS_URL: address('nats:', 'tls:').default('nats://127.0.0.1:4222'),
};

function fault(env: Record<string, string>, shape = SHAPE): string {
  try {
    readSettings(shape, env);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  return '';
}

describe('settings', () => {
  it('have defaults, and an empty variable counts as absent', () => {
    expect(readSettings(SHAPE, { DECKWATCH_PORT: '' })).toEqual({
      DECKWATCH_PORT: 8080,
      DECKWATCH_READER: 'auto',
      NATS_URL: 'nats://127.0.0.1:4222',
    });
  });

  it('are read from the file that NAME_FILE names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'));
    const file = join(folder, 'port');
    writeFileSync(file, '9000\n');
    expect(readSettings(SHAPE, { DECKWATCH_PORT_FILE: file }).DECKWATCH_PORT).toBe(9000);
    rmSync(folder, { recursive: true });
  });

  it.each([
    [{ DECKWATCH_PORT: '70000' }, 'DECKWATCH_PORT is "70000": allowed: a whole number from 0 to 65535'],
    [{ DECKWATCH_PORT: '1e3' }, 'DECKWATCH_PORT is "1e3": allowed: a whole number from 0 to 65535'],
    [{ DECKWATCH_READER: 'fast' }, 'DECKWATCH_READER is "fast": allowed: auto, cgroup, engine'],
    [{ NATS_URL: 'http://x' }, 'NATS_URL is "http://x": allowed: a URL that begins with nats:// or tls://'],
    [
      { DECKWATCH_PORT_FILE: '/nowhere' },
      'DECKWATCH_PORT_FILE: cannot read "/nowhere" (ENOENT); allowed: the path of a readable file',
    ],
  ])('that are wrong are told in one line: %j', (env, line) => {
    expect(fault(env as unknown as Record<string, string>)).toBe(line);
  });

  it.each([secretKey, secretKey.optional()])('never show a secret', (schema) => {
    const line = fault({ DECKWATCH_SECRET_KEY: 'hunter2' }, { DECKWATCH_SECRET_KEY: schema } as never);
    expect(line).toMatch(/^DECKWATCH_SECRET_KEY has a wrong value: allowed: 32 bytes in base64/);
    expect(line).not.toContain('hunter2');
  });
});
