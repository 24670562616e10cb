/** The tests that StrykerJS runs: those on Node, in one project, because Stryker sorts them itself. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: '.',
    include: ['test/{protocol,web,contract,core,analysis,client,verify,gateway}/**/*.test.ts'],
    setupFiles: ['test/support/quiet.ts', 'test/support/canary/setup-library.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
