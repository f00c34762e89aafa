import type { z } from 'zod';
import { AlertMessage } from './alert.ts';
import { Hello, Ping, Refresh, Subscribe, Unsubscribe } from './console-protocol.ts';
import { ContainerEvent } from './container.ts';
import { Host, HostReport } from './host.ts';
import { LastWords } from './last-words.ts';
import { SchemaWriter, type JsonSchema } from './json-schema.ts';
import * as frames from './server-frame-schemas.ts';
import { ServiceStatus } from './service-status.ts';
import { IngestReply, SessionEvent, SessionIngest } from './session.ts';
import { ContainerSample, StatsSweep } from './stats.ts';

const NAMED = {
  AlertMessage, ContainerEvent, ContainerSample, Host, HostReport, IngestReply, LastWords, ServiceStatus, SessionEvent, SessionIngest, StatsSweep,
}; // prettier-ignore

interface Subject {
  address: string;
  title: string;
  message: string;
  schema: z.ZodType;
  /** What we do with it: send it, or receive it from others. */
  action: 'send' | 'receive';
  stream?: string;
  reply?: z.ZodType;
}

/** The subjects that are open to others; `{name}` stands for one token. */
const SUBJECTS: Record<string, Subject> = {
  stats: { address: 'deckwatch.stats.{host}', title: 'One sweep of a host', message: 'StatsSweep', schema: StatsSweep, action: 'send' },
  containerStats: {
    address: 'deckwatch.stats.{host}.{id}', title: 'The sample of one container', message: 'ContainerSample', schema: ContainerSample, action: 'send',
  },
  hosts: { address: 'deckwatch.hosts.{host}', title: 'Totals of a host', message: 'HostReport', schema: HostReport, action: 'send' },
  containers: {
    address: 'deckwatch.containers.{host}.{id}', title: 'The inventory', message: 'ContainerEvent', schema: ContainerEvent, action: 'send', stream: 'CONTAINERS',
  },
  lastWords: {
    address: 'deckwatch.lastwords.{host}.{id}', title: 'How a container stood when it died, ran out of memory or became unhealthy', message: 'LastWords',
    schema: LastWords, action: 'send', stream: 'LAST_WORDS',
  },
  sessions: {
    address: 'deckwatch.sessions.{app}.{event}', title: 'Session events', message: 'SessionEvent', schema: SessionEvent, action: 'send', stream: 'SESSIONS',
  },
  ingestSessions: {
    address: 'deckwatch.ingest.sessions.{app}', title: 'What applications tell of their sessions', message: 'SessionIngest', schema: SessionIngest,
    action: 'receive', reply: IngestReply,
  },
  alerts: {
    address: 'deckwatch.alerts.{ruleId}.{targetId}', title: 'Alerts', message: 'AlertMessage', schema: AlertMessage, action: 'send', stream: 'ALERTS',
  },
  services: {
    address: 'deckwatch.services.{service}.{instance}', title: 'What a service says of itself', message: 'ServiceStatus', schema: ServiceStatus, action: 'send',
  },
}; // prettier-ignore

const FROM_CLIENT: Record<string, z.ZodType> = {
  hello: Hello,
  subscribe: Subscribe,
  unsubscribe: Unsubscribe,
  refresh: Refresh,
  ping: Ping,
};

/** The AsyncAPI 3 document: the bus's open subjects, and the frames between a console and the gateway. */
export function asyncApiDocument(version: string): JsonSchema {
  const subjects = Object.entries(SUBJECTS);
  const replies = subjects.flatMap(([, { reply }]) => (reply ? [reply] : []));
  const others = [
    ...subjects.map(([, { schema }]) => schema),
    ...replies,
    ...Object.values(FROM_CLIENT),
    ...Object.values(frames.SERVER_FRAMES),
  ];
  const writer = new SchemaWriter(NAMED, others);
  const channels: Record<string, JsonSchema> = {};
  const operations: Record<string, JsonSchema> = {};
  for (const [name, subject] of subjects) describeSubject(name, subject, writer, channels, operations);
  describeConsole(writer, channels, operations);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Deckwatch',
      version,
      description: 'Subjects on NATS, plain JSON, and frames at /ws.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: '127.0.0.1:4222', protocol: 'nats' },
      console: { host: '127.0.0.1:8080', pathname: '/ws', protocol: 'ws' },
    },
    channels,
    operations,
    components: { schemas: writer.components('output') },
  };
}

function describeSubject(
  name: string,
  subject: Subject,
  writer: SchemaWriter,
  channels: Record<string, JsonSchema>,
  operations: Record<string, JsonSchema>,
): void {
  const { address, title, message, schema, action, stream, reply } = subject;
  const parameters = Array.from(address.matchAll(/\{(\w+)\}/g), ([, parameter]) => [parameter, {}]);
  channels[name] = {
    address,
    title,
    servers: [{ $ref: '#/servers/nats' }],
    parameters: Object.fromEntries(parameters),
    messages: { [message]: { payload: writer.write(schema, action === 'send' ? 'output' : 'input') } },
    ...(stream !== undefined && { 'x-stream': stream }),
  };
  const answer = `${name}Reply`;
  if (reply) channels[answer] = { address: null, messages: { reply: { payload: writer.write(reply, 'output') } } };
  operations[`${action}_${name}`] = {
    action,
    channel: { $ref: `#/channels/${name}` },
    summary: title,
    ...(reply && { reply: { channel: { $ref: `#/channels/${answer}` } } }),
  };
}

function describeConsole(
  writer: SchemaWriter,
  channels: Record<string, JsonSchema>,
  operations: Record<string, JsonSchema>,
): void {
  const frame = (event: string, data: JsonSchema): JsonSchema => ({
    title: event,
    payload: { type: 'object', required: ['event', 'data'], properties: { event: { const: event }, data } },
  });
  const received = Object.entries(FROM_CLIENT).map(
    ([event, schema]) => [`client_${event}`, frame(event, writer.write(schema, 'input'))] as const,
  );
  const sent = Object.entries(frames.SERVER_FRAMES).map(
    ([event, schema]) => [event, frame(event, writer.write(schema, 'output'))] as const,
  );
  const messages = Object.fromEntries([...received, ...sent]);
  channels['console'] = {
    address: '/ws',
    title: 'The console protocol',
    servers: [{ $ref: '#/servers/console' }],
    messages,
  };
  const refs = (names: readonly (readonly [string, unknown])[]): JsonSchema[] =>
    names.map(([name]) => ({ $ref: `#/channels/console/messages/${name}` }));
  operations['receive_frames'] = {
    action: 'receive',
    channel: { $ref: '#/channels/console' },
    messages: refs(received),
    summary: 'Frames from a client',
  };
  operations['send_frames'] = {
    action: 'send',
    channel: { $ref: '#/channels/console' },
    messages: refs(sent),
    summary: 'Frames to a client',
  };
}
