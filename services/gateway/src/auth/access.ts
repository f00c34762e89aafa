import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Access } from '@deckwatch/contracts';

export const OPEN = 'deckwatch:open';
export const LEAST_ROLE = 'deckwatch:role';
export const SCOPE = 'deckwatch:scope';

/** A route that anyone may call who reaches the port. */
export const Open = (): CustomDecorator => SetMetadata(OPEN, true);

/** The least role that may call a route. */
export const Needs = (role: Access): CustomDecorator => SetMetadata(LEAST_ROLE, role);

/** Tokens of programs of this scope may call it as well. */
export const Scoped = (scope: string): CustomDecorator => SetMetadata(SCOPE, scope);
