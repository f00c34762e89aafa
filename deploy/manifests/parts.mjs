// @ts-check
// Programs that these tests need and a machine may lack.
import { missingPart, requiredParts } from '../../libs/testing/src/parts.ts';
import { findProgram } from '../../libs/testing/src/programs.ts';

/**
 * Why tests that need a part are skipped; false: it is there. Throws for one that DECKWATCH_REQUIRE names.
 * @param {import('../../libs/testing/src/parts.ts').Part} part
 */
export function whySkipped(part) {
  const why = missingPart(part);
  if (why !== undefined && requiredParts().includes(part)) throw new Error(`required part is missing: ${part}: ${why}`);
  return why ?? false;
}

/** Where a program is that is known to be there. @param {string} name */
export const programOf = (name) => findProgram(name)?.path ?? name;
