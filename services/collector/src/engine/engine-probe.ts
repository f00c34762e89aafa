import { diagnoseCluster } from '../kube/kube-diagnosis.ts';
import { describeAddress, type EngineAddress } from './engine-address.ts';

/** What is looked at to tell why an engine does not answer. */
export interface Surroundings {
  /** Whether an engine's program is installed. */
  installed: boolean;
  /** Sockets of other engines that answer, such as a rootless one or Docker Desktop's. */
  otherSockets: string[];
  /** The group that owns the socket, if it is there. */
  socketGroup: string | null;
  /** Whether services are run by systemd. */
  systemd: boolean;
  /** Whether this process runs in a container of its own. */
  contained: boolean;
  user: string;
}

export type EngineFault =
  'not installed' | 'not running' | 'no permission' | 'other socket' | 'not reachable' | 'no answer';

export interface EngineDiagnosis {
  fault: EngineFault;
  /** One sentence, and the line that mends it. */
  reason: string;
}

/** Tells from what was thrown and what is around why there is no engine, and what to do about it. */
export async function diagnose(
  error: unknown,
  address: EngineAddress,
  look: () => Promise<Surroundings>,
): Promise<EngineDiagnosis> {
  if (address.kind === 'kubernetes') return diagnoseCluster(error, address.server);
  const code = codeOf(error);
  const at = describeAddress(address);
  if (code === 'ABORT_ERR' || code === 'TimeoutError') {
    return {
      fault: 'no answer',
      reason: `The container engine at ${at} does not answer in time: is its machine overloaded?`,
    };
  }
  if (address.kind === 'tcp') return remote(code, error, address, at);
  const around = await look();
  if (code === 'EACCES' || code === 'EPERM') return noPermission(address.socketPath, around);
  if (code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== 'ENOTSOCK') {
    return { fault: 'no answer', reason: `The container engine at ${at} does not answer as one: ${textOf(error)}.` };
  }
  const [other] = around.otherSockets;
  if (other !== undefined) {
    return {
      fault: 'other socket',
      reason: `No container engine listens at ${at}, but one does at ${other}: export DOCKER_HOST=unix://${other}`,
    };
  }
  if (around.contained && code === 'ENOENT') {
    const line = `-v ${address.socketPath}:${address.socketPath}:ro`;
    return { fault: 'other socket', reason: `The engine's socket is not in this container; start it with: ${line}` };
  }
  return around.installed ? notRunning(at, around) : notInstalled();
}

function notInstalled(): EngineDiagnosis {
  const line = 'curl -fsSL https://get.docker.com | sudo sh';
  return { fault: 'not installed', reason: `No container engine is installed. Install Docker: ${line}` };
}

function notRunning(at: string, { systemd }: Surroundings): EngineDiagnosis {
  const line = systemd ? 'sudo systemctl start docker' : 'sudo service docker start';
  return {
    fault: 'not running',
    reason: `Docker is installed but does not run (nothing listens at ${at}). Start it: ${line}`,
  };
}

function noPermission(socketPath: string, { socketGroup, user }: Surroundings): EngineDiagnosis {
  const group = socketGroup !== null && socketGroup !== 'root' ? socketGroup : 'docker';
  const line = `sudo usermod -aG ${group} ${user} && newgrp ${group}`;
  return { fault: 'no permission', reason: `The user ${user} may not use ${socketPath}. Permit it: ${line}` };
}

function remote(code: string, error: unknown, address: EngineAddress & { kind: 'tcp' }, at: string): EngineDiagnosis {
  const text = textOf(error);
  const wantsTls = !address.tls && /HTTPS server|EPROTO|socket hang up|Parse Error/i.test(`${code} ${text}`);
  const line = wantsTls
    ? 'export DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=…, the folder of ca.pem, cert.pem and key.pem'
    : 'check DOCKER_HOST, the network between, and that dockerd listens there (-H tcp://…)';
  return { fault: 'not reachable', reason: `No container engine answers at ${at} (${code || text}): ${line}` };
}

function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  return name === 'TimeoutError' ? name : '';
}

function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().slice(0, 200);
}
