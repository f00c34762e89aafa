import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { certificateFile, SettingsError } from '@deckwatch/service-kit';
import { z } from 'zod';

const httpsUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).protocol === 'https:',
    'allowed: a URL that begins with https://',
  ) // prettier-ignore
  .optional();

const ON = ['on', 'true', '1'];
const SWITCH = [...ON, 'off', 'false', '0'] as const;

export const KUBE_SETTINGS = {
  /** The node that this collector watches. */
  NODE_NAME: z.string().max(253).optional(),
  /** The node's address, as the kubelet's certificate has it or not. */
  NODE_IP: z.string().max(100).optional(),
  /** Set in every pod by Kubernetes itself. */
  KUBERNETES_SERVICE_HOST: z.string().max(253).optional(),
  KUBERNETES_SERVICE_PORT: z.string().max(5).optional(),
  /** The API server, where it is not the one that Kubernetes names. */
  DECKWATCH_KUBERNETES_API: httpsUrl,
  /** The folder of `token` and `ca.crt`. */
  DECKWATCH_SERVICE_ACCOUNT: z.string().max(1000).default('/var/run/secrets/kubernetes.io/serviceaccount'),
  /** The node's kubelet, where it is not `https://<NODE_IP>:10250`. */
  DECKWATCH_KUBELET_URL: httpsUrl,
  /** Whom to trust as the kubelet; default: the cluster's own authority. */
  DECKWATCH_KUBELET_CA: certificateFile,
  /** The kubelet's certificate is not looked at, as where it signs its own. */
  DECKWATCH_KUBELET_INSECURE: z
    .enum(SWITCH, { error: `allowed: ${SWITCH.join(', ')}` })
    .default('off')
    .transform((word) => ON.includes(word)),
};
type KubeSettings = Readonly<z.output<z.ZodObject<typeof KUBE_SETTINGS>>>;

/** Where the cluster is, and how it is spoken to. */
export interface KubeAccess {
  node: string;
  api: string;
  kubelet: string;
  accountFolder: string;
  /** A path; undefined: the cluster's own authority. */
  kubeletCa: string | undefined;
  kubeletInsecure: boolean;
}

/** Whether this runs in a pod that is told its node and has a ServiceAccount's token. */
export function isInPod(settings: KubeSettings): boolean {
  const { NODE_NAME, KUBERNETES_SERVICE_HOST, DECKWATCH_SERVICE_ACCOUNT } = settings;
  return Boolean(NODE_NAME && KUBERNETES_SERVICE_HOST) && existsSync(join(DECKWATCH_SERVICE_ACCOUNT, 'token'));
}

/** Throws SettingsError: one line that says what the kubelet source lacks. */
export function kubeAccess(settings: KubeSettings): KubeAccess {
  const { NODE_NAME: node, NODE_IP, DECKWATCH_SERVICE_ACCOUNT: accountFolder } = settings;
  if (!node) {
    throw new SettingsError(
      'NODE_NAME is missing: allowed: the name of the node, from `fieldRef: spec.nodeName` (DECKWATCH_SOURCE is kubelet)',
    );
  }
  const token = join(accountFolder, 'token');
  if (!existsSync(token)) {
    throw new SettingsError(
      `DECKWATCH_SERVICE_ACCOUNT is ${JSON.stringify(accountFolder)}: allowed: a folder with the file token, as \`automountServiceAccountToken: true\` mounts it`,
    );
  }
  return {
    node,
    api: settings.DECKWATCH_KUBERNETES_API ?? apiServer(settings),
    kubelet: settings.DECKWATCH_KUBELET_URL ?? `https://${bracketed(NODE_IP || node)}:10250`,
    accountFolder,
    kubeletCa: settings.DECKWATCH_KUBELET_CA,
    kubeletInsecure: settings.DECKWATCH_KUBELET_INSECURE,
  };
}

function apiServer({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }: KubeSettings): string {
  if (host) return `https://${bracketed(host)}:${port || '443'}`;
  throw new SettingsError(
    'DECKWATCH_KUBERNETES_API is missing: allowed: the https:// URL of the API server; in a pod Kubernetes sets KUBERNETES_SERVICE_HOST itself',
  );
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
