import * as esbuild from 'esbuild';

const UNUSED = /node_modules[\\/](dockerode[\\/]lib[\\/](session|buildkit)|docker-modem[\\/]lib[\\/]ssh)\.js$/;

const leanDockerode = {
  name: 'lean-dockerode',
  setup(build) {
    build.onLoad({ filter: UNUSED }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error(${JSON.stringify(`${path.split(/[\\/]/).pop()} is not bundled`)}); };`,
      loader: 'js',
    }));
  },
};

export const build = (options) => esbuild.build({ ...options, plugins: [leanDockerode, ...options.plugins] });
