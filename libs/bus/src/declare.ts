import {
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import { nanos } from '@nats-io/nats-core';
import type { BucketDeclaration, StreamDeclaration } from '@deckwatch/contracts';

const STREAM_NOT_FOUND = 10059;
/** As nats-server has it of itself, nanoseconds. */
const DUPLICATE_WINDOW = nanos(120_000);

export interface Shaping {
  /** Whether what is there is brought to its declared shape; what is missing is made in any case. Default: true. */
  shape?: boolean;
  /** On how many servers of a cluster it is kept. Default: as it is, one for what is made. */
  replicas?: number;
}

function configOf(stream: StreamDeclaration): Partial<StreamConfig> & { name: string } {
  return {
    name: stream.name,
    subjects: stream.subjects,
    description: stream.description,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_bytes: stream.maxBytes,
    max_age: nanos(stream.maxAgeMs),
    max_msgs_per_subject: stream.maxMessagesPerSubject || -1,
    allow_direct: true,
  };
}

/** Creates the stream, or brings it to its declared shape where that is ours to do. */
export async function ensureStream(
  jsm: JetStreamManager,
  stream: StreamDeclaration,
  { shape = true, replicas }: Shaping = {},
): Promise<void> {
  const config = { ...configOf(stream), ...(replicas !== undefined && { num_replicas: replicas }) };
  const present = await configIn(jsm, stream.name);
  if (!present) await jsm.streams.add(config);
  else if (shape && differs(present, config)) await jsm.streams.update(stream.name, config);
}

/** Creates the bucket, or brings it to its declared shape where that is ours to do. */
export async function ensureBucket(
  js: JetStreamClient,
  jsm: JetStreamManager,
  bucket: BucketDeclaration,
  { shape = true, replicas }: Shaping = {},
): Promise<KV> {
  const name = `KV_${bucket.name}`;
  const present = shape ? await configIn(jsm, name) : undefined;
  const config = {
    max_msgs_per_subject: bucket.history,
    max_bytes: bucket.maxBytes,
    max_age: nanos(bucket.ttlMs),
    ...(replicas !== undefined && { num_replicas: replicas }),
  };
  // A window that is longer than what is kept is refused.
  const window = bucket.ttlMs > 0 ? { duplicate_window: Math.min(nanos(bucket.ttlMs), DUPLICATE_WINDOW) } : {};
  if (present && differs(present, config)) await jsm.streams.update(name, { ...config, ...window });
  return new Kvm(js).create(bucket.name, {
    history: bucket.history,
    max_bytes: bucket.maxBytes,
    ...(bucket.ttlMs > 0 && { ttl: bucket.ttlMs }),
    ...(replicas !== undefined && { replicas }),
  });
}

/** undefined: there is no such stream. */
async function configIn(jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

function differs(present: StreamConfig, wanted: Partial<StreamConfig>): boolean {
  return (Object.keys(wanted) as (keyof StreamConfig)[]).some(
    (key) => JSON.stringify(present[key]) !== JSON.stringify(wanted[key]),
  );
}
