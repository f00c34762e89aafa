import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Tree = Record<string, string>;

/** Files in a temporary folder. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'collector-'));

  constructor(tree: Tree = {}) {
    this.write(tree);
  }

  write(tree: Tree): void {
    for (const [name, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  /** Links by what they point at, which need not exist. */
  link(links: Tree): void {
    for (const [name, at] of Object.entries(links)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      symlinkSync(at, join(this.path, name));
    }
  }

  remove(name = ''): void {
    rmSync(join(this.path, name), { recursive: true, force: true });
  }
}

export const NET_DEV_HEAD = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     500       5    0    0    0     0          0         0      500       5    0    0    0     0       0          0
`;

export function netDev(rx: number, tx: number): string {
  return `${NET_DEV_HEAD}  eth0: ${rx}      12    0    0    0     0          0         0      ${tx}       8    0    0    0     0       0          0\n`;
}

/** What a container's folder holds on Linux 6.1 (Debian 12) with cgroup v2. */
export function v2Kernel6(over: { usageUsec?: number; current?: number; max?: string; io?: string } = {}): Tree {
  return {
    'cpu.stat': `usage_usec ${over.usageUsec ?? 2_000_000}\nuser_usec 1500000\nsystem_usec 500000\ncore_sched.force_idle_usec 0\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\nnr_bursts 0\nburst_usec 0\n`,
    'memory.current': `${over.current ?? 50_000_000}\n`,
    'memory.stat':
      'anon 20000000\nfile 25000000\nkernel 3000000\nkernel_stack 49152\npagetables 122880\nsec_pagetables 0\npercpu 0\nsock 0\nvmalloc 0\nshmem 0\nzswap 0\nzswapped 0\nfile_mapped 8650752\nfile_dirty 0\nfile_writeback 0\nswapcached 0\nanon_thp 0\nfile_thp 0\nshmem_thp 0\ninactive_anon 20000000\nactive_anon 4096\ninactive_file 10000000\nactive_file 15000000\nunevictable 0\nslab_reclaimable 1000000\nslab_unreclaimable 500000\n',
    'memory.max': over.max ?? 'max\n',
    'pids.current': '3\n',
    'io.stat': over.io ?? '259:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n',
  };
}

/** The same on Linux 4.18 (RHEL 8) with the unified hierarchy switched on: fewer fields, io.stat without a line. */
export function v2Kernel4(): Tree {
  return {
    'cpu.stat': 'usage_usec 1000\nuser_usec 600\nsystem_usec 400\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n',
    'memory.current': '1000000\n',
    'memory.stat':
      'anon 135168\nfile 0\nkernel_stack 0\nslab 0\nsock 0\nshmem 0\nfile_mapped 0\nfile_dirty 0\nfile_writeback 0\ninactive_anon 0\nactive_anon 135168\ninactive_file 270336\nactive_file 0\n',
    'memory.max': '536870912\n',
    'pids.current': '1\n',
    'io.stat': '',
  };
}

/** A container's folders under the controllers of cgroup v1 on Linux 5.4 (Ubuntu 20.04). */
export function v1(path: string, over: { usage?: number; blkio?: Tree; limit?: number } = {}): Tree {
  return {
    [`cpu,cpuacct/${path}/cpuacct.usage`]: `${over.usage ?? 2_000_000_000}\n`,
    [`memory/${path}/memory.usage_in_bytes`]: '50000000\n',
    [`memory/${path}/memory.stat`]: `cache 25000000\nrss 20000000\nrss_huge 0\nshmem 0\nmapped_file 0\ndirty 0\nwriteback 0\npgpgin 752\npgpgout 738\npgfault 1028\npgmajfault 0\ninactive_anon 0\nactive_anon 57344\ninactive_file 3000000\nactive_file 0\nunevictable 0\nhierarchical_memory_limit ${over.limit ?? 9223372036854771712n}\ntotal_cache 25000000\ntotal_rss 20000000\ntotal_inactive_anon 0\ntotal_active_anon 57344\ntotal_inactive_file 10000000\ntotal_active_file 15000000\ntotal_unevictable 0\n`,
    [`pids/${path}/pids.current`]: '3\n',
    ...Object.fromEntries(
      Object.entries(
        over.blkio ?? {
          'blkio.throttle.io_service_bytes': '254:0 Read 4096\n254:0 Write 8192\n254:0 Total 12288\nTotal 12288\n',
        },
      ).map(([name, text]) => [`blkio/${path}/${name}`, text]),
    ),
  };
}

export function under(path: string, tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([name, text]) => [`${path}/${name}`, text]));
}
