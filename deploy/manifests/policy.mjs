// @ts-check
// What every manifest keeps to: Kubernetes' own "restricted" standard but for two folders of the node, and habits that
// keep an installation alive.

/** @typedef {import('./overlays.mjs').Manifest} Manifest */
/** @typedef {Record<string, any>} Fields */

/** Of the node, read-only: what docs/kubernetes.md says of the collector. */
const NODE_FOLDERS = ['/proc', '/sys/fs/cgroup'];
const VOLUMES = ['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'projected', 'downwardAPI'];
const SECRET_KINDS = new Set(['Secret']);

/** @param {Manifest} manifest @returns {Fields | undefined} */
export const podOf = (manifest) => manifest['spec']?.template?.spec;

/** @param {Fields} pod @returns {Fields[]} */
export const containersOf = (pod) => [...(pod['initContainers'] ?? []), ...pod['containers']];

/**
 * @param {Manifest[]} manifests
 * @returns {string[]} one line for each thing that is not as it should be
 */
export function policyFaults(manifests) {
  const accounts = accountsOf(manifests);
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    const faults = [
      ...namespaceFaults(manifest),
      ...ruleFaults(manifest),
      ...(pod ? [...podFaults(pod, accounts), ...budgetFaults(manifest, manifests)] : []),
      ...(pod ? containersOf(pod).flatMap((container) => containerFaults(container)) : []),
    ];
    return faults.map((fault) => `${manifest.kind} ${manifest.metadata.name}: ${fault}`);
  });
}

/**
 * Service accounts, and whether anything is granted to them.
 * @param {Manifest[]} manifests
 */
function accountsOf(manifests) {
  const bindings = manifests.filter(({ kind }) => kind.endsWith('RoleBinding'));
  const granted = bindings.flatMap(({ subjects }) => subjects.map((/** @type {Fields} */ { name }) => name));
  const accounts = manifests.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
  return new Map(accounts.map((name) => [name, granted.includes(name)]));
}

/** @param {[boolean, string][]} checks @returns {string[]} */
const told = (checks) => checks.filter(([fine]) => !fine).map(([, fault]) => fault);

const CLUSTER_WIDE = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding']);

/** @param {Manifest} manifest */
const namespaceFaults = ({ kind, metadata }) =>
  told([[CLUSTER_WIDE.has(kind) || metadata.namespace === 'deckwatch', 'is in no namespace']]);

/**
 * @param {Fields} pod
 * @param {Map<string, boolean>} accounts
 */
function podFaults(pod, accounts) {
  const { securityContext = {}, serviceAccountName: account, volumes = [] } = pod;
  return [
    ...told([
      [account !== undefined && account !== 'default' && accounts.has(account), 'has no service account of its own'],
      [pod['automountServiceAccountToken'] === accounts.get(account), 'has a token of no use to it, or none that it needs'],
      [securityContext.runAsNonRoot === true && securityContext.runAsUser > 0, 'may run as root'],
      [securityContext.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'],
      [!pod['hostNetwork'] && !pod['hostPID'] && !pod['hostIPC'], 'shares a namespace of its node'],
    ]),
    ...volumes.flatMap((/** @type {Fields} */ volume) => volumeFaults(volume, pod)),
  ]; // prettier-ignore
}

/**
 * @param {Fields} volume
 * @param {Fields} pod
 */
function volumeFaults(volume, pod) {
  const [kind] = Object.keys(volume).filter((key) => key !== 'name');
  if (kind !== 'hostPath')
    return told([[VOLUMES.includes(kind ?? ''), `the volume ${volume['name']} is of the kind ${kind}`]]);
  const mounts = containersOf(pod).flatMap((container) => container['volumeMounts']).filter(({ name }) => name === volume['name']); // prettier-ignore
  return told([
    [NODE_FOLDERS.includes(volume['hostPath'].path) && pod['serviceAccountName'] === 'collector', `mounts ${volume['hostPath'].path} of its node`],
    [mounts.every(({ readOnly }) => readOnly === true), `may write ${volume['hostPath'].path} of its node`],
  ]); // prettier-ignore
}

/** @param {Fields} container */
function containerFaults(container) {
  const { name, image = '', resources = {}, securityContext = {} } = container;
  const { privileged, allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities = {} } = securityContext;
  return told([
    [/^[^@]+:[^:/]+$/.test(image) && !image.endsWith(':latest'), `the image ${image} names no version`],
    [!privileged && allowPrivilegeEscalation === false, 'may gain privileges'],
    [readOnlyRootFilesystem === true, 'may write its own files'],
    [capabilities.drop?.includes('ALL') === true && !capabilities.add, 'has capabilities'],
    [securityContext.runAsUser !== 0, 'runs as root'],
    [resources.requests?.cpu !== undefined && resources.requests?.memory !== undefined, 'requests no share of its node'],
    [resources.limits?.memory !== undefined, 'has no limit'],
    [container['livenessProbe'] !== undefined && container['readinessProbe'] !== undefined, 'is not probed'],
    [(container['ports'] ?? []).every((/** @type {Fields} */ { hostPort }) => hostPort === undefined), 'takes a port of its node'],
    [!(container['env'] ?? []).some((/** @type {Fields} */ { value = '' }) => /:\/\/[^/]*:[^/]*@/.test(value)), 'shows a password'],
  ]).map((fault) => `${name} ${fault}`); // prettier-ignore
}

/** One replica at a time, of all but what has one on each node. @param {Manifest} manifest @param {Manifest[]} all */
function budgetFaults({ kind, spec }, all) {
  const { 'app.kubernetes.io/component': component } = spec.template.metadata.labels;
  const budget = all.some((other) => other.kind === 'PodDisruptionBudget' && other['spec'].selector.matchLabels['app.kubernetes.io/component'] === component); // prettier-ignore
  const alone = kind === 'DaemonSet' || (kind === 'StatefulSet' && spec.replicas === 1);
  return told([
    [alone || budget, 'has no disruption budget'],
    [spec.template.metadata.labels['app.kubernetes.io/part-of'] === 'deckwatch', 'no network policy is about it'],
    [kind !== 'Deployment' || spec.template.spec.topologySpreadConstraints?.length > 0, 'is not spread over nodes'],
  ]);
}

/** What may be asked of the cluster: nothing written, no secrets, no `nodes/proxy`, which lets one into every pod. */
function ruleFaults(/** @type {Manifest} */ { kind, ...manifest }) {
  if (SECRET_KINDS.has(kind)) return told([[manifest['stringData'] === undefined, 'keeps its values in the open']]);
  if (!kind.endsWith('Role')) return [];
  const rules = /** @type {Fields[]} */ (manifest['rules']);
  return rules.flatMap(({ verbs, resources }) =>
    told([
      [verbs.every((/** @type {string} */ verb) => ['get', 'list', 'watch'].includes(verb)), `may ${verbs.join()} ${resources.join()}`],
      [!resources.some((/** @type {string} */ name) => /^(\*|nodes\/(proxy|\*)|secrets|configmaps)$/.test(name)), `may see ${resources.join()}`],
    ]),
  ); // prettier-ignore
}
