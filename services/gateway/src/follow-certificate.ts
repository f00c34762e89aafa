import type { Server } from 'node:https';
import { faultOf } from '@deckwatch/bus';
import { tlsMaterial, type ServiceContext } from '@deckwatch/service-kit';
import type { GatewaySettings } from './settings.ts';

const LOOK_MS = 60_000;

/**
 * Gives new connections the certificate that lies there now, as it is renewed: looked at once a minute, since what
 * renews it may replace the file or the folder. One that cannot be read, or not with its key, leaves the old one.
 */
export function followCertificate(server: Server, { settings, clock, log }: ServiceContext<GatewaySettings>): void {
  let known = JSON.stringify(tlsMaterial('DECKWATCH_TLS', settings));
  let timer = clock.setTimeout(look, LOOK_MS);
  server.once('close', () => clock.clearTimeout(timer));

  function look(): void {
    timer = clock.setTimeout(look, LOOK_MS);
    try {
      const material = tlsMaterial('DECKWATCH_TLS', settings)!;
      if (JSON.stringify(material) === known) return;
      server.setSecureContext(material);
      known = JSON.stringify(material);
      log.info('the certificate was renewed');
    } catch (error) {
      log.warn('the new certificate is not usable, the old one stays', { fault: faultOf(error) });
    }
  }
}
