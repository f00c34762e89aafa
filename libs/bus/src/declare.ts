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

function configOf(stream: StreamDeclaration, replicas?: number): Partial<StreamConfig> & { name: string } {
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
    ...(replicas && { num_replicas: replicas }),
  };
}

/**
 * Creates the stream, or brings it to its declared shape where that is ours to do.
 * @param replicas how many servers of a cluster keep it; default: what it has, 1 where it is made
 */
export async function ensureStream(
  jsm: JetStreamManager,
  stream: StreamDeclaration,
  shape = true,
  replicas?: number,
): Promise<void> {
  const config = configOf(stream, replicas);
  try {
    const { config: present } = await jsm.streams.info(stream.name);
    const changed = (Object.keys(config) as (keyof typeof config)[]).some(
      (key) => JSON.stringify(present[key]) !== JSON.stringify(config[key]),
    );
    if (changed && shape) await jsm.streams.update(stream.name, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NOT_FOUND) throw error;
    await jsm.streams.add(config);
  }
}

/**
 * Creates the bucket when it is not there.
 * @param replicas how many servers of a cluster keep one that is made
 */
export function ensureBucket(js: JetStreamClient, bucket: BucketDeclaration, replicas = 1): Promise<KV> {
  return new Kvm(js).create(bucket.name, {
    history: bucket.history,
    max_bytes: bucket.maxBytes,
    replicas,
    ...(bucket.ttlMs > 0 && { ttl: bucket.ttlMs }),
  });
}
