import WebSocket from 'ws';
import { DIALECTS, type Dialect, type DialectName } from './peers/dialects.ts';

/**
 * The load generator, a process of its own: opens clients that speak the protocol of the console or of another server,
 * and counts what arrives. Driven by messages from the bench: `{open:{url,count,topics}}`, `{mark:true}`.
 */
export interface Open {
  url: string;
  /** Default: that of the console. */
  dialect?: DialectName;
  /** What each shows to be let in. */
  token?: string | undefined;
  count: number;
  topics: string[];
}

const sockets: WebSocket[] = [];
let frames = 0;
let items = 0;
let bytes = 0;
let latencies: number[] = [];
const SAMPLE_LIMIT = 500_000;
/** What comes before the first item's text in a frame, whatever the protocol. */
const BEGIN = 120;

/** Looks at the beginning alone: the generator must cost less than what it measures. */
function onFrame(data: Buffer, item: string): void {
  frames += 1;
  bytes += data.length;
  const start = data.toString('latin1', 0, BEGIN);
  const isEvent = start.includes(item);
  if (!isEvent && !start.includes('"update"')) return;
  const t = /"t":(\d{13})/.exec(data.toString('latin1', 0, isEvent ? 1200 : 160));
  if (t && latencies.length < SAMPLE_LIMIT) latencies.push(Date.now() - Number(t[1]));
  if (isEvent) items += data.toString('latin1').split(item).length - 1;
}

function openOne({ url, topics, token, dialect: name = 'deckwatch' }: Open): Promise<void> {
  const dialect: Dialect = DIALECTS[name];
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url + dialect.path, { perMessageDeflate: false, origin: undefined });
    sockets.push(socket);
    let ready = dialect.isReady === undefined;
    const listen = (text: string): void => {
      const answer = dialect.answer?.(text);
      if (answer !== undefined) socket.send(answer);
      ready ||= dialect.isReady!(text, topics);
      if (ready) resolve();
    };
    socket.on('error', reject);
    socket.on('open', () => {
      for (const line of dialect.hello(topics, token)) socket.send(line);
      if (ready) resolve();
    });
    socket.on('message', (data: Buffer) => {
      if (!ready || data.length < BEGIN) listen(data.toString('latin1'));
      onFrame(data, dialect.item);
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

process.on('message', (message: { open?: Open; mark?: boolean }) => {
  if (message.open) void open(message.open);
  if (message.mark) {
    process.send?.({ frames, items, bytes, latencies });
    frames = items = bytes = 0;
    latencies = [];
  }
});
