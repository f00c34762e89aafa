// Bundles the service as tools/build-service.mjs does, with a lean dockerode: its BuildKit sessions (gRPC, protobuf) and
// its SSH transport are loaded as soon as it is, and nothing here uses either.
import { registerHooks } from 'node:module';

const lean = new URL('./lean-esbuild.mjs', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'esbuild' && context.parentURL?.endsWith('/tools/build-service.mjs')
      ? { url: lean, shortCircuit: true }
      : next(specifier, context),
});

await import('../../../tools/build-service.mjs');
