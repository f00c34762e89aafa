import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceContext } from './context.ts';

export const BUS = Symbol('BUS');
export const LOG = Symbol('LOG');
export const PARTS = Symbol('PARTS');
export const METRICS = Symbol('METRICS');
export const CLOCK = Symbol('CLOCK');
export const SETTINGS = Symbol('SETTINGS');
export const CONTEXT = Symbol('CONTEXT');

/** What every service is given: bus, log, readiness, metrics, clock, settings. */
@Module({})
export class KitModule {
  static for(context: ServiceContext): DynamicModule {
    const providers = [
      { provide: BUS, useValue: context.bus },
      { provide: LOG, useValue: context.log },
      { provide: PARTS, useValue: context.parts },
      { provide: METRICS, useValue: context.metrics },
      { provide: CLOCK, useValue: context.clock },
      { provide: SETTINGS, useValue: context.settings },
      { provide: CONTEXT, useValue: context },
    ];
    return { module: KitModule, global: true, providers, exports: providers };
  }
}
