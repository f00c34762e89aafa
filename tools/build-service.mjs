// Bundles one service into dist/main.js, which runs without node_modules. esbuild bundles; SWC compiles each file
// first, because Nest's injection needs the decorator metadata that esbuild does not emit.
import { build } from 'esbuild';
import { transformFile } from '@swc/core';
import { readFileSync } from 'node:fs';

const decorators = {
  name: 'swc-decorators',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await transformFile(path, {
        swcrc: false,
        configFile: false,
        sourceMaps: 'inline',
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2023',
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      });
      return { contents: code, loader: 'js' };
    });
  },
};

// Nest loads its optional packages by createRequire(import.meta.url)('x'), which esbuild does not follow.
const nestRequire = {
  name: 'nest-create-require',
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]@nestjs[\\/].*\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes('createRequire(import.meta.url)(')) return undefined;
      return { contents: source.replaceAll('createRequire(import.meta.url)(', 'require('), loader: 'js' };
    });
  },
};

// Optional peers that are not installed stay outside the bundle.
const external = [
  'class-transformer',
  'class-validator',
  '@nestjs/microservices',
  '@nestjs/platform-socket.io',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  'bufferutil',
  'utf-8-validate',
  'cpu-features',
  '*.node',
  '*/sshcrypto.node',
  // After the file names: what else stays outside.
  ...process.argv.slice(4),
];

await build({
  entryPoints: [process.argv[2] ?? 'src/main.ts'],
  outfile: process.argv[3] ?? 'dist/main.js',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  keepNames: true,
  minifySyntax: true,
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  legalComments: 'none',
  external,
  plugins: [decorators, nestRequire],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
