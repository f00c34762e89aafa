import { createRequire } from 'node:module';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './openapi.ts';

const require = createRequire(__filename);

const plain = (document: unknown) => JSON.parse(JSON.stringify(document)) as Record<string, unknown>;

async function openApiFaults(document: Record<string, unknown>): Promise<unknown> {
  const { errors } = await new Validator().validate(document);
  return errors ?? [];
}

function asyncApiFaults(document: object): unknown {
  const schema = require('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
  const check = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  check(document);
  return check.errors ?? [];
}

describe('the published documents', () => {
  const openApi = plain(openApiDocument('1.2.3'));
  const asyncApi = plain(asyncApiDocument('1.2.3'));

  it('are what the schemas of their specifications allow', async () => {
    expect(await openApiFaults(openApi)).toEqual([]);
    expect(asyncApiFaults(asyncApi)).toEqual([]);
  });

  it('would not be with a fault', async () => {
    expect(await openApiFaults({ ...openApi, paths: { 'no-slash': {} } })).not.toEqual([]);
    expect(asyncApiFaults({ ...asyncApi, operations: { wrong: { action: 'shout' } } })).not.toEqual([]);
  });
});
