import { readFileSync, writeFileSync } from 'node:fs';
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

// One character beyond ASCII makes the engine keep the whole source with two bytes a character. esbuild leaves those in
// regular expressions as they are.
function toAscii(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

export async function build(options) {
  const result = await esbuild.build({ ...options, minify: true, plugins: [leanDockerode, ...options.plugins] });
  toAscii(options.outfile);
  return result;
}
