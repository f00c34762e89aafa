// Kills the service at exchanges with brokers and receivers: a minute or more, so it is a command of its own. Lives that
// were cut off leave timers of BullMQ behind, which would keep the process for some seconds.
module.exports = {
  ...require('../../jest.preset.cjs'),
  rootDir: __dirname,
  testMatch: ['<rootDir>/test/kills.long.ts'],
  forceExit: true,
};
