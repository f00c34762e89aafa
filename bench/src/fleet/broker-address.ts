import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The broker of a Deckwatch that `npm start` runs with that folder as DECKWATCH_DATA, as those who look after it. */
export function localBroker(data: string): string {
  try {
    const { nats } = JSON.parse(readFileSync(join(data, 'ports.json'), 'utf8')) as { nats: number };
    const password = readFileSync(join(data, 'secrets', 'nats-ops'), 'utf8').trim();
    return `nats://ops:${password}@127.0.0.1:${nats}`;
  } catch (cause) {
    throw new Error(`no broker of a running Deckwatch under ${data}: set --data or --nats`, { cause });
  }
}
