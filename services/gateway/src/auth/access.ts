import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Role } from '@deckwatch/contracts';

export const OPEN = 'deckwatch:open';
export const LEAST_ROLE = 'deckwatch:role';

/** A route that anyone may call who reaches the port. */
export const Open = (): CustomDecorator => SetMetadata(OPEN, true);

/** The least role that may call a route. */
export const Needs = (role: Role): CustomDecorator => SetMetadata(LEAST_ROLE, role);
