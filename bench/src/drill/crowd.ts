import { CROWD_LOGS, CrowdClient, type CrowdLog, type CrowdWatch, type Frame, type LogTally } from './crowd-client.ts';

/** A process of its own that holds many consoles; driven by messages of its parent, one answer to each. */
export type CrowdOrder =
  { do: 'open'; urls: string[]; token: string; count: number } | { do: 'mark' } | { do: 'tally' } | { do: 'close' };

/** What happened since the mark before. */
export interface CrowdMark {
  connected: number;
  /** When each connection was tried, Unix milliseconds. */
  attempts: number[];
  /** When each client was subscribed again, and how long it was away. */
  returns: { t: number; awayMs: number }[];
  closes: Record<string, number>;
}
export type CrowdTally = Record<CrowdLog, LogTally[]>;

const AT_ONCE = 25;
const ITEM = /"event":"event","data":\{"topic":"([a-z.]+)","epoch":(\d+),"seq":(\d+),"prev":(\d+)/g;
/** What else is looked at: how one stands after it has subscribed. */
const STANDING = /"event":"(?:subscribed|snapshot)"/;

const clients: CrowdClient[] = [];
let mark: Omit<CrowdMark, 'connected'> = { attempts: [], returns: [], closes: {} };

/** Reads no more than it needs: a thousand clients in one process would else be slower than what is measured. */
function read(data: Buffer): Frame[] {
  const text = data.toString('latin1');
  if (STANDING.test(text)) return [JSON.parse(data.toString()) as Frame | Frame[]].flat();
  return [...text.matchAll(ITEM)].map(([, topic, epoch, seq, prev]) => {
    return { event: 'event', data: { topic, epoch: Number(epoch), seq: Number(seq), prev: Number(prev) } };
  });
}

const watch: CrowdWatch = {
  read,
  attempted: (t) => void mark.attempts.push(t),
  subscribed: (t, awayMs) => void (awayMs !== null && mark.returns.push({ t, awayMs })),
  closed: (code) => void (mark.closes[code] = (mark.closes[code] ?? 0) + 1),
};

async function open({ urls, token, count }: Extract<CrowdOrder, { do: 'open' }>): Promise<void> {
  for (let n = 0; n < count; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, at) => {
      const client = new CrowdClient(urls, n + at, token, watch);
      client.connect();
      return client;
    });
    clients.push(...some);
    while (some.some(({ connected }) => !connected)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function answer(order: CrowdOrder): Promise<unknown> {
  switch (order.do) {
    case 'open':
      await open(order);
      return {};
    case 'mark': {
      const said: CrowdMark = { connected: clients.filter(({ connected }) => connected).length, ...mark };
      mark = { attempts: [], returns: [], closes: {} };
      return said;
    }
    case 'tally':
      return Object.fromEntries(CROWD_LOGS.map((topic) => [topic, clients.map(({ logs }) => logs[topic])]));
    case 'close':
      clients.forEach((client) => client.close());
      return {};
  }
}

process.on('message', (order: CrowdOrder) => void answer(order).then((said) => process.send?.(said)));
process.on('disconnect', () => process.exit(0));
