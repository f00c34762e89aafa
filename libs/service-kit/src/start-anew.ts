export interface ProcessNeeds {
  /** Of Node: `--max-semi-space-size=1`. */
  flags: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

type Process = Pick<NodeJS.Process, 'execArgv' | 'argv' | 'execPath' | 'env'> & {
  execve?: (file: string, args: string[], env: NodeJS.ProcessEnv) => never;
};

/**
 * For what is read when a process starts: starts the program anew in the same process with these, unless whoever
 * started it has set them already, to whatever value. Returns where it can't: on other systems, under a debugger, or
 * with a channel to a parent process, which would be lost. To be called before anything else is loaded.
 */
export function startAnew(process: Process, { flags, environment = {} }: ProcessNeeds): void {
  const { execArgv, argv, execPath, env, execve } = process;
  const given = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(' ')];
  const missing = flags.filter((flag) => !given.some((other) => nameOf(other) === nameOf(flag)));
  const isSettled = missing.length === 0 && Object.keys(environment).every((name) => name in env);
  const isWatched = 'NODE_CHANNEL_FD' in env || given.some((flag) => flag.includes('--inspect'));
  if (isSettled || isWatched || typeof execve !== 'function') return;
  try {
    const args = [execPath, ...execArgv, ...missing, ...argv.slice(1)];
    execve.call(process, execPath, args, { ...environment, ...env });
  } catch {
    // It runs all the same, only not as well.
  }
}

function nameOf(flag: string): string {
  return flag.split('=')[0]!;
}
