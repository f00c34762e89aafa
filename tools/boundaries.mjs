// Who may import whom. Projects carry their tags in package.json under "nx"; `nx graph` shows the result.
//   scope     which room it belongs to; `shared` is for all
//   type      contracts, node-lib, testing, service, app (the console)
//   platform  node, browser, any
import nx from '@nx/eslint-plugin';

const SCOPES = ['collector', 'sessions', 'alerts', 'history', 'gateway', 'frontend', 'demo'];

const types = (inTests) => {
  const nodeLibs = ['type:contracts', 'type:node-lib', ...(inTests ? ['type:testing'] : [])];
  return [
    {
      sourceTag: 'type:contracts',
      onlyDependOnLibsWithTags: ['type:contracts'],
      bannedExternalImports: ['@nestjs/*', '@angular/*', '@nats-io/*'],
    },
    { sourceTag: 'type:node-lib', onlyDependOnLibsWithTags: nodeLibs },
    { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:contracts', 'type:node-lib'] },
    { sourceTag: 'type:service', onlyDependOnLibsWithTags: nodeLibs },
    { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:contracts'] },
  ];
};

const platforms = [
  {
    sourceTag: 'platform:browser',
    onlyDependOnLibsWithTags: ['platform:browser', 'platform:any'],
    bannedExternalImports: ['@nestjs/*', '@nats-io/*'],
  },
  {
    sourceTag: 'platform:node',
    onlyDependOnLibsWithTags: ['platform:node', 'platform:any'],
    bannedExternalImports: ['@angular/*'],
  },
  { sourceTag: 'platform:any', onlyDependOnLibsWithTags: ['platform:any'] },
];

const scopes = [
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
  ...SCOPES.map((scope) => ({
    sourceTag: `scope:${scope}`,
    onlyDependOnLibsWithTags: [`scope:${scope}`, 'scope:shared'],
  })),
];

// A service has no exports, by which the rule of Nx knows a package's name: this one knows it by the name alone.
const noService = {
  regex: `^@deckwatch/(${SCOPES.join('|')})(/|$)`,
  message: "Services and the console are nobody's library: speak subjects, or move what is shared to libs/.",
};

const rule = (inTests) => ({
  'no-restricted-imports': ['error', { patterns: [noService] }],
  '@nx/enforce-module-boundaries': [
    'error',
    {
      depConstraints: [...types(inTests), ...platforms, ...scopes],
      // Their tests use the testing library, which is built on them.
      ignoredCircularDependencies: [
        ['@deckwatch/bus', '@deckwatch/testing'],
        ['@deckwatch/service-kit', '@deckwatch/testing'],
      ],
      // The version of the installation is kept in the root package.json alone.
      allow: ['../../../package.json'],
      checkDynamicDependenciesExceptions: ['.*'],
    },
  ],
});

/** Files that may import the testing library. */
export const TEST_FILES = ['**/*.spec.ts', '**/test/**/*.ts', '**/setup-jest.ts', '**/jest.setup.ts'];

export const boundaries = [
  { files: ['**/*.ts'], plugins: { '@nx': nx }, rules: rule(false) },
  { files: TEST_FILES, plugins: { '@nx': nx }, rules: rule(true) },
];
