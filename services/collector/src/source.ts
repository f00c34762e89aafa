import { existsSync } from 'node:fs';
import { SettingsError, type Clock, type Log } from '@deckwatch/service-kit';
import type { AskEngine } from './collector.ts';
import { DockerEngine } from './engine/docker-engine.ts';
import { AddressError, DEFAULT_SOCKET, engineAddress, type DockerAddress } from './engine/engine-address.ts';
import type { Engine } from './engine/engine.ts';
import { KubeEngine } from './kube/kube-engine.ts';
import { isInPod, kubeAccess } from './kube/kube-settings.ts';
import { EngineReader } from './readers/engine/engine-reader.ts';
import { KubeletReader } from './readers/kubelet/kubelet-reader.ts';
import type { Reader } from './readers/reader.ts';
import type { CollectorSettings } from './settings.ts';

/** Where containers are listed, and the reader that asks there for figures. */
export interface Source {
  engine: Engine;
  engineReader(ask: AskEngine): Reader;
}

/** `auto` is Docker where one is named or its socket is there, else the kubelet where this runs in a pod of a node. */
export function chooseSource(settings: CollectorSettings): 'docker' | 'kubelet' {
  if (settings.DECKWATCH_SOURCE !== 'auto') return settings.DECKWATCH_SOURCE;
  const docker = Boolean(settings.DOCKER_HOST) || existsSync(DEFAULT_SOCKET);
  return !docker && isInPod(settings) ? 'kubelet' : 'docker';
}

/** Throws SettingsError: one line that says what the source lacks. */
export async function openSource(settings: CollectorSettings, clock: Clock, log: Log): Promise<Source> {
  return chooseSource(settings) === 'docker' ? dockerSource(settings, log) : kubeSource(settings, clock, log);
}

async function dockerSource(settings: CollectorSettings, log: Log): Promise<Source> {
  const engine = await DockerEngine.at(addressFrom(settings), log);
  return { engine, engineReader: engineReaderOf(engine, log) };
}

export function engineReaderOf(engine: Engine, log: Log): Source['engineReader'] {
  return ({ intervalMs, steady, size }) => new EngineReader({ engine, intervalMs, steady, size, log });
}

function kubeSource(settings: CollectorSettings, clock: Clock, log: Log): Source {
  const engine = new KubeEngine(kubeAccess(settings), clock, log);
  return { engine, engineReader: kubeletReaderOf(engine, settings, clock, log) };
}

export function kubeletReaderOf(
  engine: KubeEngine,
  { DECKWATCH_INTERVAL_MS: wanted }: Pick<CollectorSettings, 'DECKWATCH_INTERVAL_MS'>,
  clock: Clock,
  log: Log,
  shortestMs?: number,
): Source['engineReader'] {
  return ({ steady, onFresh }) =>
    new KubeletReader({
      http: engine.kubelet,
      placeOf: (id) => engine.container(id),
      wantedMs: wanted,
      ...(shortestMs !== undefined && { shortestMs }),
      clock,
      steady,
      log,
      onFresh,
    });
}

/** Throws SettingsError: one line that says what is wrong with DOCKER_HOST or its certificates. */
export function addressFrom(settings: CollectorSettings): DockerAddress {
  const { DOCKER_HOST: host, DOCKER_TLS_VERIFY: tlsVerify, DOCKER_CERT_PATH: certPath } = settings;
  try {
    return engineAddress({ host, tlsVerify, certPath });
  } catch (error) {
    throw error instanceof AddressError ? new SettingsError(error.message) : error;
  }
}
