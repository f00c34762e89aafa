import { Module } from '@nestjs/common';
import { FeedsModule } from './feeds/feeds.module.ts';
import { RestModule } from './rest/rest.module.ts';
import { SocketModule } from './socket/socket.module.ts';

/** The only door: console files, REST, WebSocket fan-out. */
@Module({ imports: [FeedsModule, RestModule, SocketModule] })
export class GatewayModule {}
