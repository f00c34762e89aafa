/** How a client of each peer says hello, keeps its connection, and knows an item when it sees one. */
export interface Dialect {
  /** What is put behind the server's address. */
  path: string;
  /** What is sent when the socket opens; `topics` are empty for one that only looks on. */
  hello(topics: readonly string[], token: string | undefined): string[];
  /** What must come before it counts as subscribed; left out: nothing. */
  isReady?(text: string, topics: readonly string[]): boolean;
  /** What to say to a frame, for peers that ask for signs of life inside their protocol. */
  answer?(text: string): string | undefined;
  /** What stands once in each item, near the begin of the first in a frame. */
  item: string;
}

const deckwatch: Dialect = {
  path: '',
  hello: (topics, token) => [
    JSON.stringify({ event: 'hello', data: { protocol: 1, batch: true, token } }),
    ...(topics.length > 0 ? [JSON.stringify({ event: 'subscribe', data: { id: 1, topics } })] : []),
  ],
  isReady: (text, topics) => text.includes(topics.length > 0 ? '"subscribed"' : '"welcome"'),
  item: '"event":"event"',
};

/** Every client is sent everything, so that one that is there is subscribed. */
const ws: Dialect = { path: '', hello: () => [], item: '"v":1' };

/** Engine.IO 4 and Socket.IO 5: `0` open, `40` connect, `42` event, `2` ping, `3` pong. */
const socketIo: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  hello: () => ['40'],
  isReady: (text) => text.startsWith('40'),
  answer: (text) => (text === '2' ? '3' : undefined),
  item: '42[',
};

/** The client protocol of NATS, as it is spoken inside a WebSocket. */
const nats: Dialect = {
  path: '',
  hello: (topics) => [
    'CONNECT {"verbose":false,"pedantic":false,"lang":"bench","version":"1","protocol":1}\r\n',
    ...topics.map((topic, index) => `SUB ${topic} ${index + 1}\r\n`),
    'PING\r\n',
  ],
  isReady: (text) => text.includes('PONG'),
  answer: (text) => (text.startsWith('PING') ? 'PONG\r\n' : undefined),
  item: 'MSG ',
};

export const DIALECTS = { deckwatch, ws, 'socket.io': socketIo, nats } satisfies Record<string, Dialect>;
export type DialectName = keyof typeof DIALECTS;
