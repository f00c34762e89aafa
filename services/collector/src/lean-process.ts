/**
 * What keeps this process small: one runs on every host. The C library gives memory back that was needed for parsing
 * the program (saves about 20 MB), and the young generation of the heap stays small, because a sweep leaves little
 * behind. Both are read when a process starts.
 */
const LEAN_FLAG = '--max-semi-space-size=1';
const LEAN_ENVIRONMENT = {
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '32768',
  MALLOC_TOP_PAD_: '4096',
};

type Process = Pick<NodeJS.Process, 'execArgv' | 'argv' | 'execPath' | 'env'> & {
  execve?: (file: string, args: string[], env: NodeJS.ProcessEnv) => never;
};

/**
 * Starts the program anew in the same process, unless whoever started it has set these already. Returns where it
 * can't: on other systems, under a debugger, or with a channel to a parent process, which would be lost.
 */
export function becomeLean(process: Process): void {
  const { execArgv, argv, execPath, env, execve } = process;
  const settled = 'MALLOC_TRIM_THRESHOLD_' in env;
  const watched =
    'NODE_CHANNEL_FD' in env || [...execArgv, env['NODE_OPTIONS'] ?? ''].some((flag) => flag.includes('--inspect'));
  if (settled || watched || typeof execve !== 'function') return;
  const flags = execArgv.some((flag) => flag.startsWith('--max-semi-space-size')) ? [] : [LEAN_FLAG];
  try {
    execve.call(process, execPath, [execPath, ...execArgv, ...flags, ...argv.slice(1)], {
      ...env,
      ...LEAN_ENVIRONMENT,
    });
  } catch {
    // It runs as well as it is, only larger.
  }
}
