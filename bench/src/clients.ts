import WebSocket from 'ws';

/**
 * The load generator, a process of its own: opens clients that speak the protocol of the console, and counts what
 * arrives. Driven by messages from the bench: `{open:{url,count,topic}}`, `{mark:true}`, `{close:true}`.
 */
interface Open {
  url: string;
  /** What each shows to be let in. */
  token?: string;
  count: number;
  topics: string[];
}

const sockets: WebSocket[] = [];
let frames = 0;
let items = 0;
let bytes = 0;
let latencies: number[] = [];
const SAMPLE_LIMIT = 500_000;

/** Looks at the beginning alone: the generator must cost less than what it measures. */
function onFrame(data: Buffer): void {
  frames += 1;
  bytes += data.length;
  const start = data.toString('latin1', 0, 24);
  const isEvent = start.includes('"event":"event"');
  if (!isEvent && !start.includes('"update"')) return;
  const t = /"t":(\d{13})/.exec(data.toString('latin1', 0, isEvent ? 1200 : 160));
  if (t && latencies.length < SAMPLE_LIMIT) latencies.push(Date.now() - Number(t[1]));
  if (isEvent) items += data.toString('latin1').split('"event":"event"').length - 1;
}

function openOne({ url, topics, token }: Open): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, origin: undefined });
    sockets.push(socket);
    socket.on('error', reject);
    socket.on('open', () => {
      socket.send(JSON.stringify({ event: 'hello', data: { protocol: 1, batch: true, token } }));
      if (topics.length > 0) socket.send(JSON.stringify({ event: 'subscribe', data: { id: 1, topics } }));
    });
    socket.on('message', (data: Buffer, binary) => {
      const first = !binary && data.includes(topics.length > 0 ? '"subscribed"' : '"welcome"');
      if (first) resolve();
      onFrame(data);
    });
  });
}

async function open(request: Open): Promise<void> {
  for (let at = 0; at < request.count; at += 50) {
    const batch = Math.min(50, request.count - at);
    await Promise.all(Array.from({ length: batch }, () => openOne(request)));
  }
  process.send?.({ opened: sockets.length });
}

process.on('message', (message: { open?: Open; mark?: boolean; close?: boolean }) => {
  if (message.open) void open(message.open);
  if (message.mark) {
    process.send?.({ frames, items, bytes, latencies });
    frames = items = bytes = 0;
    latencies = [];
  }
  if (message.close) process.exit(0);
});
