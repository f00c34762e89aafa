import js from '@eslint/js';
import angular from 'angular-eslint';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import { boundaries, TEST_FILES } from './tools/boundaries.mjs';

const ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Settings come from readSettings of @deckwatch/service-kit, validated and typed.',
};

const unused = {
  argsIgnorePattern: '^_',
  varsIgnorePattern: '^_',
  caughtErrorsIgnorePattern: '^_',
  ignoreRestSiblings: true,
};

const countLines = { skipBlankLines: true, skipComments: true };

export default defineConfig(
  globalIgnores([
    '**/dist/**',
    '**/.angular/**',
    '**/.nx/**',
    '**/.deckwatch/**',
    '**/test-results/**',
    '**/playwright-report/**',
  ]),
  {
    files: ['**/*.{ts,mts,mjs,cjs,js}'],
    extends: [js.configs.recommended],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-unused-vars': ['error', unused],
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'max-lines': ['error', { max: 400, ...countLines }],
      'max-lines-per-function': ['error', { max: 60, ...countLines }],
    },
  },
  {
    files: ['**/*.{ts,mts}'],
    extends: [ts.configs.recommended],
    rules: {
      'no-unused-vars': 'off',
      'no-restricted-syntax': ['error', ENVIRONMENT],
      '@typescript-eslint/no-unused-vars': ['error', unused],
    },
  },
  {
    files: ['services/**/*.ts', 'libs/**/*.ts', 'deploy/demo/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    files: ['frontend/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
  },
  {
    files: ['frontend/**/*.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
  },
  { files: ['frontend/**/*.js'], languageOptions: { globals: globals.browser } },
  ...boundaries,
  {
    files: ['libs/service-kit/**', 'libs/testing/**', 'deploy/**', 'tools/**', 'e2e/**', 'bench/**', ...TEST_FILES],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/main.ts', 'tools/**', 'deploy/**', 'e2e/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.{spec,suite}.ts', '**/*.test.mjs', 'e2e/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['**/*.{mjs,mts}', 'tools/**', 'deploy/**', 'bench/**'], languageOptions: { globals: globals.node } },
  { files: ['**/*.cjs'], languageOptions: { globals: globals.node, sourceType: 'commonjs' } },
  prettier,
);
