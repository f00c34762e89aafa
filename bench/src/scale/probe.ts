import WebSocket from 'ws';

/** What is looked at, and by whom: each with a socket of its own. */
export interface Looks {
  url: string;
  token: string;
  looks: { what: string; topics: string[]; keys?: string[] }[];
}
/** Of one look since the last question. */
export interface Sight {
  what: string;
  frames: number;
  bytes: number;
  /** From the newest `t` in a frame to its arrival, milliseconds. */
  latencies: number[];
}

const sights = new Map<string, Sight>();

function look({ url, token }: Looks, { what, topics, keys }: Looks['looks'][number]): Promise<void> {
  return new Promise((resolve, reject) => {
    const sight: Sight = { what, frames: 0, bytes: 0, latencies: [] };
    sights.set(what, sight);
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const send = (event: string, data: object): void => socket.send(JSON.stringify({ event, data }));
    socket.on('error', reject);
    socket.on('open', () => {
      send('hello', { protocol: 1, batch: true, token });
      send('subscribe', { id: 1, topics, ...(keys && { keys }) });
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      if (text.includes('"subscribed"')) resolve();
      if (!text.slice(0, 60).includes('"update"')) return;
      sight.frames += 1;
      sight.bytes += data.length;
      let newest = 0;
      for (const [, t] of text.matchAll(/"t":(\d{13})/g)) newest = Math.max(newest, Number(t));
      if (newest > 0) sight.latencies.push(Date.now() - newest);
    });
  });
}

/** The client of the bench `scale`, a process of its own: `{open: Looks}`, then `{mark: true}` for what was seen. */
process.on('message', (message: { open?: Looks; mark?: boolean }) => {
  const { open } = message;
  if (open) void Promise.all(open.looks.map((one) => look(open, one))).then(() => process.send?.({ opened: true }));
  if (!message.mark) return;
  process.send?.({ sights: [...sights.values()] });
  for (const sight of sights.values()) Object.assign(sight, { frames: 0, bytes: 0, latencies: [] });
});
process.on('disconnect', () => process.exit(0));
