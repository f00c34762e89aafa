/** `containers`: nothing but the figures of containers, their network too; `usual`: everything that Debian's package does by itself. */
export type NetdataShape = 'containers' | 'usual';

/** What Debian's package starts besides; none of it looks at containers. */
const OTHER_PLUGINS = [
  'diskspace',
  'timex',
  'tc',
  'idlejitter',
  'statsd',
  'apps',
  'python.d',
  'charts.d',
  'ebpf',
  'perf',
  'slabinfo',
  'fping',
  'ioping',
  'nfacct',
  'cups',
  'freeipmi',
  'netdata monitoring',
  'netdata monitoring extended',
  'enable running new plugins',
];

/** Of the plugin `proc` only `/proc/net/dev` tells of containers: of the host's end of each one's network. */
const OTHER_FILES = [
  'netdata monitoring',
  '/proc/pagetypeinfo',
  '/proc/stat',
  '/proc/uptime',
  '/proc/loadavg',
  '/proc/sys/kernel/random/entropy_avail',
  '/proc/pressure',
  '/proc/interrupts',
  '/proc/softirqs',
  '/proc/vmstat',
  '/proc/meminfo',
  '/sys/kernel/mm/ksm',
  '/sys/block/zram',
  '/sys/devices/system/edac/mc',
  '/sys/devices/system/node',
  '/proc/net/wireless',
  '/proc/net/sockstat',
  '/proc/net/sockstat6',
  '/proc/net/netstat',
  '/proc/net/snmp',
  '/proc/net/snmp6',
  '/proc/net/sctp/snmp',
  '/proc/net/softnet_stat',
  '/proc/net/ip_vs/stats',
  '/sys/class/infiniband',
  '/proc/net/stat/conntrack',
  '/proc/net/stat/synproxy',
  '/proc/diskstats',
  '/proc/mdstat',
  '/proc/net/rpc/nfsd',
  '/proc/net/rpc/nfs',
  '/proc/spl/kstat/zfs/arcstats',
  '/sys/fs/btrfs',
  'ipc',
  '/sys/class/power_supply',
];

export interface NetdataPlace {
  folder: string;
  port: number;
  plugins: string;
}

/** Its configuration: once a second, on loopback, in files of its own, and version 1 of cgroups, as the engine has it. */
export function netdataConfiguration(shape: NetdataShape, { folder, port, plugins }: NetdataPlace): string {
  const section = (name: string, lines: readonly string[]): string => `[${name}]\n${lines.map((line) => `    ${line}\n`).join('')}`; // prettier-ignore
  const common = [
    section('global', ['run as user = root', 'hostname = bench', 'process scheduling policy = keep']),
    section('directories', [
      `cache = ${folder}/cache`,
      `lib = ${folder}/lib`,
      `log = ${folder}/log`,
      `config = ${folder}/etc`,
      `plugins = ${plugins}`,
    ]),
    section('web', [`bind to = 127.0.0.1:${port}`]),
    section('cloud', ['enabled = no']),
    section('plugin:cgroups', ['use unified cgroups = no']),
  ];
  if (shape === 'usual') return common.join('\n');
  return [
    ...common,
    section('db', ['mode = ram', 'update every = 1']),
    section('ml', ['enabled = no']),
    section('health', ['enabled = no']),
    section('statsd', ['enabled = no']),
    section('plugins', ['cgroups = yes', 'proc = yes', ...OTHER_PLUGINS.map((name) => `${name} = no`)]),
    section('plugin:proc', ['/proc/net/dev = yes', ...OTHER_FILES.map((name) => `${name} = no`)]),
  ].join('\n');
}
