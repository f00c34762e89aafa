import { createHash } from 'node:crypto';

/** A Lua script and the name by which Redis knows it once loaded. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(...parts: string[]): Script {
  const lua = parts.join('\n');
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}
