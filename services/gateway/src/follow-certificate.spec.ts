import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordingLog, selfSigned, VirtualClock } from '@deckwatch/testing';
import { followCertificate } from './follow-certificate.ts';

describe('the certificate of the door', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckwatch-certificate-'));
  const settings = { DECKWATCH_TLS_CERT: join(folder, 'cert.pem'), DECKWATCH_TLS_KEY: join(folder, 'key.pem') };
  function lay({ cert, key }: { cert: string; key: string }): void {
    writeFileSync(settings.DECKWATCH_TLS_CERT, cert);
    writeFileSync(settings.DECKWATCH_TLS_KEY, key);
  }
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is given anew when it was renewed, and the old one stays while the new one is of no use', async () => {
    const first = selfSigned('localhost');
    lay(first);
    const clock = new VirtualClock(0);
    const log = recordingLog();
    const server = createServer(first);
    const given = jest.spyOn(server, 'setSecureContext');
    followCertificate(server, { settings, clock, log } as never);
    await clock.advance(60_000);
    expect(given).not.toHaveBeenCalled();
    const second = selfSigned('localhost');
    lay({ cert: second.cert, key: first.key });
    await clock.advance(60_000);
    expect(given).not.toHaveBeenCalled();
    expect(log.messages()).toEqual(['the new certificate is not usable, the old one stays']);
    lay(second);
    await clock.advance(60_000);
    expect(given).toHaveBeenCalledWith(second);
    server.emit('close');
    expect(clock.pending).toBe(0);
  });
});
