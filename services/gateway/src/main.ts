import { runService, tlsMaterial } from '@deckwatch/service-kit';
import { GatewayModule } from './gateway.module.ts';
import { openGateway } from './open-gateway.ts';
import { GATEWAY_SETTINGS } from './settings.ts';

await runService({
  service: 'gateway',
  settings: GATEWAY_SETTINGS,
  module: () => GatewayModule,
  check: (settings) => void tlsMaterial('DECKWATCH_TLS', settings),
  open: openGateway,
});
