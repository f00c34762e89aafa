import { readSettings } from '@deckwatch/service-kit';
import { Folder } from '../test/cgroup-trees.ts';
import { kubeAccess } from './kube/kube-settings.ts';
import { COLLECTOR_SETTINGS } from './settings.ts';
import { chooseSource } from './source.ts';

describe('the source', () => {
  let account: Folder;
  beforeEach(() => (account = new Folder({ token: 't' })));
  afterEach(() => account.remove());

  const settings = (texts: Record<string, string>) => readSettings(COLLECTOR_SETTINGS, texts);
  const inPod = (over: Record<string, string> = {}) =>
    settings({ NODE_NAME: 'n', KUBERNETES_SERVICE_HOST: '10.96.0.1', DECKWATCH_SERVICE_ACCOUNT: account.path, ...over }); // prettier-ignore

  it('is what is set', () => {
    expect(chooseSource(inPod({ DECKWATCH_SOURCE: 'docker' }))).toBe('docker');
    expect(chooseSource(settings({ DECKWATCH_SOURCE: 'kubelet' }))).toBe('kubelet');
  });

  it('is Docker where one is named, and where nothing speaks of a cluster', () => {
    expect(chooseSource(inPod({ DOCKER_HOST: 'tcp://box:2375' }))).toBe('docker');
    expect(chooseSource(settings({ NODE_NAME: 'n' }))).toBe('docker');
    account.remove('token');
    expect(chooseSource(inPod())).toBe('docker');
  });

  it('finds API server and kubelet by what Kubernetes sets', () => {
    const access = kubeAccess(inPod({ NODE_IP: 'fd00::7', KUBERNETES_SERVICE_PORT: '6443' }));
    expect(access).toMatchObject({ node: 'n', api: 'https://10.96.0.1:6443', kubelet: 'https://[fd00::7]:10250', kubeletInsecure: false }); // prettier-ignore
    expect(kubeAccess(inPod({ DECKWATCH_KUBELET_INSECURE: 'true' }))).toMatchObject({ kubelet: 'https://n:10250', kubeletInsecure: true }); // prettier-ignore
  });

  it.each([
    ['NODE_NAME is missing: allowed: the name of the node', { NODE_NAME: '' }],
    ['DECKWATCH_SERVICE_ACCOUNT is "/nowhere": allowed: a folder with the file token', { DECKWATCH_SERVICE_ACCOUNT: '/nowhere' }],
    ['DECKWATCH_KUBERNETES_API is missing: allowed: the https:// URL', { KUBERNETES_SERVICE_HOST: '' }],
  ])('says in one line what it lacks: %s', (line, over) => {
    expect(() => kubeAccess(inPod(over))).toThrow(line);
  }); // prettier-ignore
});
