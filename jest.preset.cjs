// Backend tests: TypeScript compiled by SWC to CommonJS; Nest 12 and the NATS client are ES modules and
// come in by require(esm), which Jest supports under Node >= 24.9 with --experimental-vm-modules.
module.exports = {
  testEnvironment: 'node',
  // Real brokers on a machine whose few cores also run the other projects' tests.
  testTimeout: 20_000,
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.engine\\.spec\\.ts$'],
  reporters: ['default', require.resolve('./tools/part-reporter.cjs')],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2023',
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
};
