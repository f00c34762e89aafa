import type { EngineDiagnosis } from '../engine/engine-probe.ts';
import { KubeFault } from './kube-http.ts';

const CERTIFICATE = /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY/;

/** Tells from what was thrown why the cluster's API server can't be followed, and what to do about it. */
export function diagnoseCluster(error: unknown, server: string): EngineDiagnosis {
  if (error instanceof KubeFault) return refused(error, server);
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const word = typeof code === 'string' ? code : String(name ?? '');
  if (word === 'ABORT_ERR' || word === 'TimeoutError') {
    return { fault: 'no answer', reason: `The API server at ${server} does not answer in time.` };
  }
  if (CERTIFICATE.test(word)) {
    return {
      fault: 'not reachable',
      reason: `The certificate of the API server at ${server} is not trusted (${word}): check ca.crt in DECKWATCH_SERVICE_ACCOUNT`,
    };
  }
  if (word === 'ENOENT' || word === 'EACCES') {
    return {
      fault: 'no permission',
      reason: `The ServiceAccount's token can't be read (${word}): set automountServiceAccountToken: true and fsGroup`,
    };
  }
  const text = error instanceof Error ? error.message.slice(0, 200) : String(error);
  return {
    fault: 'not reachable',
    reason: `The API server does not answer at ${server} (${word || text}): check NetworkPolicies and DECKWATCH_KUBERNETES_API`,
  };
}

function refused({ status, message }: KubeFault, server: string): EngineDiagnosis {
  if (status === 401) {
    return {
      fault: 'no permission',
      reason: `The API server at ${server} does not accept the ServiceAccount's token: check DECKWATCH_SERVICE_ACCOUNT`,
    };
  }
  if (status === 403) {
    return {
      fault: 'no permission',
      reason: 'The ServiceAccount may not follow pods: grant it `list` and `watch` on `pods` by a ClusterRole',
    };
  }
  return {
    fault: 'no answer',
    reason: `The API server at ${server} does not answer as one: ${message.slice(0, 300)}.`,
  };
}
