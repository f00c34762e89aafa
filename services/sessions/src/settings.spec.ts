import { readSettings } from '@deckwatch/service-kit';
import { SESSIONS_SETTINGS } from './settings.ts';

describe('the settings', () => {
  it('take a Redis on this machine unless they are told otherwise', () => {
    expect(readSettings(SESSIONS_SETTINGS, {}).REDIS_URL).toBe('redis://127.0.0.1:6379');
  });

  it('refuse what is no Redis, without showing a password', () => {
    const read = () => readSettings(SESSIONS_SETTINGS, { REDIS_URL: 'http://me:secret@db' });
    expect(read).toThrow(/^REDIS_URL has a wrong value: allowed: a URL that begins with redis/);
    expect(read).not.toThrow(/secret@/);
  });

  it('refuse several addresses', () => {
    expect(() => readSettings(SESSIONS_SETTINGS, { REDIS_URL: 'redis://a,redis://b' })).toThrow(/allowed: one URL/);
  });

  it('name a certificate that is not there', () => {
    expect(() => readSettings(SESSIONS_SETTINGS, { REDIS_CA: '/nowhere/ca.pem' })).toThrow(
      'REDIS_CA is "/nowhere/ca.pem": allowed: the path of a readable file with certificates in PEM',
    );
  });
});
