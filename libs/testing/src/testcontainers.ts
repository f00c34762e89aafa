import { startEngine, type Engine, type EngineOptions } from './engine.ts';
import type { LocalImage } from './engine-images.ts';

export interface TestcontainersEnvironment<T extends LocalImage = LocalImage> {
  engine: Engine;
  /** The images that were asked for, by their names in the engine. */
  images: Record<T, string>;
  /** Ends the engine and takes the settings back. */
  stop(): Promise<void>;
}

/**
 * An engine of its own that testcontainers uses: call it before the first container is started. Ryuk, its reaper, would
 * have to be pulled from a registry; the engine's end removes all containers anyway. Images have a shell, so the
 * default wait for ports works.
 */
export async function startTestcontainersEnv<T extends LocalImage>(
  images: readonly T[] = [],
  options: EngineOptions = {},
): Promise<TestcontainersEnvironment<T>> {
  const engine = await startEngine(options);
  const restore = setVariables({
    DOCKER_HOST: engine.dockerHost,
    TESTCONTAINERS_RYUK_DISABLED: 'true',
    TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
  });
  const stop = async () => {
    restore();
    await engine.stop();
  };
  try {
    const names = await engine.importImages(...images);
    return {
      engine,
      images: Object.fromEntries(images.map((image, at) => [image, names[at]])) as Record<T, string>,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function setVariables(variables: Record<string, string>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
