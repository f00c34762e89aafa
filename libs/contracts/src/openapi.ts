import { z } from 'zod';
import { AlertMessage } from './alert.ts';
import { Container } from './container.ts';
import { ContainerWithStats, ENDPOINTS, Problem, type Endpoint } from './endpoints.ts';
import { Host } from './host.ts';
import { LastWords } from './last-words.ts';
import { SchemaWriter, type JsonSchema } from './json-schema.ts';
import { Channel, ChannelDraft, ChannelTest, Delivery } from './notification.ts';
import type { Access } from './roles.ts';
import { HistorySeries } from './rpc.ts';
import { AlertRuleDraft, Condition, Selector, StoredRule } from './rule.ts';
import { Session, SessionCount, SessionEvent, SessionIngestItem } from './session.ts';

/** Where the endpoints of the table stand. */
export const API_PREFIX = '/api/v1';

const Health = z.object({ live: z.literal(true) });
const Readiness = z.object({
  ready: z.boolean(),
  parts: z.record(z.string(), z.string().nullable()).describe('what is wrong with each part; null: nothing'),
});
const NAMED = {
  AlertMessage, AlertRuleDraft, Channel, ChannelDraft, ChannelTest, Condition, Container, ContainerWithStats, Delivery, Health,
  HistorySeries, Host, LastWords, Problem, Readiness, Selector, Session, SessionCount, SessionEvent, SessionIngestItem, StoredRule,
}; // prettier-ignore

/** What a JSON answer is, or text of another kind. */
interface Extra {
  path: string;
  role: Access;
  summary: string;
  answers: Record<string, { description: string; type?: string; schema?: z.ZodType }>;
}

/** What the gateway serves beside the table. */
const EXTRAS: Extra[] = [
  {
    path: '/health/live',
    role: 'anyone',
    summary: 'Whether the process lives',
    answers: { 200: { description: 'it does', schema: Health } },
  },
  {
    path: '/health/ready',
    role: 'anyone',
    summary: 'Whether every part of the installation works',
    answers: {
      200: { description: 'ready', schema: Readiness },
      503: { description: 'not ready, and why', schema: Readiness },
    },
  },
  {
    path: '/metrics',
    role: 'anyone',
    summary: 'Metrics for Prometheus',
    answers: { 200: { description: 'metrics', type: 'text/plain' } },
  },
  {
    path: '/api/openapi.json',
    role: 'viewer',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({}) } },
  },
  {
    path: '/api/asyncapi.json',
    role: 'viewer',
    summary: 'Subjects and console frames',
    answers: { 200: { description: 'AsyncAPI 3', schema: z.looseObject({}) } },
  },
  {
    path: '/api/docs',
    role: 'viewer',
    summary: 'This document, to read',
    answers: { 200: { description: 'a page', type: 'text/html' } },
  },
];

const SECURITY = {
  bearer: { type: 'http', scheme: 'bearer', description: 'an access token, or the token of a program' },
  cookie: { type: 'apiKey', in: 'cookie', name: 'dw_access', description: 'of a signed-in console; for reading only' },
};

/** The OpenAPI 3.1 document, made from the table of endpoints and the schemas alone. */
export function openApiDocument(version: string): JsonSchema {
  const endpoints = Object.entries(ENDPOINTS) as [string, Endpoint][];
  const writer = new SchemaWriter(NAMED, [
    ...endpoints.flatMap(([, e]) => [e.params, e.query, e.body, e.answer]),
    ...EXTRAS.flatMap(schemasOf),
  ]);
  const paths: Record<string, JsonSchema> = {};
  for (const [name, endpoint] of endpoints) {
    const path = (paths[API_PREFIX + endpoint.path] ??= {});
    path[endpoint.method] = operationOf(name, endpoint, writer);
  }
  for (const extra of EXTRAS) paths[extra.path] = { get: extraOperation(extra, writer) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Deckwatch',
      version,
      description: 'A live monitor for containers, user sessions and alerts.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(endpoints.map(([, { tag }]) => tag)), 'operation'].map((name) => ({ name })),
    paths,
    components: { securitySchemes: SECURITY, schemas: { ...writer.components('input'), ...onlyAnswered(writer) } },
  };
}

/** Schemas that are answered only are written as answers: what has a default is always there. */
function onlyAnswered(writer: SchemaWriter): Record<string, JsonSchema> {
  const written = ['AlertRuleDraft', 'ChannelDraft', 'SessionIngestItem', 'Condition', 'Selector'];
  return Object.fromEntries(Object.entries(writer.components('output')).filter(([name]) => !written.includes(name)));
}

function operationOf(operationId: string, endpoint: Endpoint, writer: SchemaWriter): JsonSchema {
  const { tag, summary, role, scope, method, params, query, body, answer, type, status } = endpoint;
  const bodyless = body.safeParse(undefined).success;
  const answered = !answer.safeParse(undefined).success;
  const content = (type: string, schema: JsonSchema): JsonSchema => ({ content: { [type]: { schema } } });
  return {
    operationId,
    tags: [tag],
    summary,
    ...rightsOf(role, scope, method),
    parameters: [...parametersOf('path', params, writer), ...parametersOf('query', query, writer)],
    ...(!bodyless && { requestBody: { required: true, ...content('application/json', writer.write(body, 'input')) } }),
    responses: {
      [status]: { description: summary, ...(answered && content(type, writer.write(answer, 'output'))) },
      default: {
        description: 'what was wrong',
        content: { 'application/problem+json': { schema: writer.write(Problem, 'output') } },
      },
    },
  };
}

/** Who may call it, in words and for programs. */
function rightsOf(role: Access, scope: Endpoint['scope'], method: string): JsonSchema {
  const alternative = scope ? `, or a token of the scope ${scope}` : '';
  return {
    description: role === 'anyone' ? 'Open to anyone.' : `Needs the role ${role}${alternative}.`,
    'x-role': role,
    ...(scope && { 'x-scope': scope }),
    security: role === 'anyone' ? [] : [{ bearer: [] }, ...(method === 'get' ? [{ cookie: [] }] : [])],
  };
}

function parametersOf(where: 'path' | 'query', schema: z.ZodObject, writer: SchemaWriter): JsonSchema[] {
  const { properties = {}, required = [] } = writer.write(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required:
      where === 'path' ||
      (required.includes(name) && !('default' in rest) && !schema.shape[name]!.safeParse(undefined).success),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function extraOperation({ path, role, summary, answers }: Extra, writer: SchemaWriter): JsonSchema {
  const responses = Object.entries(answers).map(([status, { description, type = 'application/json', schema }]) => {
    const content = { [type]: { schema: schema ? writer.write(schema, 'output') : { type: 'string' } } };
    return [status, { description, content }];
  });
  return {
    operationId: path.slice(1).replace(/\W+/g, '_'),
    tags: ['operation'],
    summary,
    ...rightsOf(role, null, 'get'),
    responses: Object.fromEntries(responses),
  };
}

function schemasOf({ answers }: Extra): z.ZodType[] {
  return Object.values(answers).flatMap(({ schema }) => (schema ? [schema] : []));
}
