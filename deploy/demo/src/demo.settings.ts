import { COMMON_SETTINGS, integer } from '@deckwatch/service-kit';
import { z } from 'zod';
import { USUAL_COUNT } from './simulation/plan.ts';

export const DEMO_SETTINGS = {
  ...COMMON_SETTINGS,
  /** The unix socket on which the simulated engine listens; default: demo.sock under DECKWATCH_DATA. */
  DECKWATCH_DEMO_SOCKET: z.string().optional(),
  /** How many containers the fleet has. */
  DECKWATCH_DEMO_CONTAINERS: integer(1, 5000, USUAL_COUNT),
  /** The same seed gives the same fleet. */
  DECKWATCH_DEMO_SEED: integer(0, 2 ** 31 - 1, 7),
};
