// Prints which real parts this machine lacks, and why, as JSON. Needs Node 24, which reads the TypeScript of the check
// that the tests themselves use, so that both say the same.
import { PARTS, missingPart } from '../../libs/testing/src/parts.ts';

console.log(JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, missingPart(part) ?? null]))));
