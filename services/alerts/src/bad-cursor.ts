import { RpcFault } from '@deckwatch/bus';

/** A cursor that none of our lists gave. */
export function badCursor(): RpcFault {
  const message = 'not one that this list has given';
  return new RpcFault(400, `cursor: ${message}`, [{ path: 'query.cursor', message }]);
}
