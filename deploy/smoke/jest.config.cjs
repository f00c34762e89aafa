const preset = require('../../jest.preset.cjs');

module.exports = {
  ...preset,
  rootDir: __dirname,
  testTimeout: 60_000,
  testPathIgnorePatterns: [...preset.testPathIgnorePatterns, '\\.compose\\.spec\\.ts$'],
};
