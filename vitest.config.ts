import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// Four rooms, four speeds: pure code on Node, the Worker's parts on workerd, the built gateway as
// a black box over HTTP, and the package as its users install it.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'core',
          environment: 'node',
          include: ['test/{protocol,core,client,verify,dev}/**/*.test.ts'],
          setupFiles: ['test/support/quiet.ts'],
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './test/worker/wrangler.toml' } })],
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          globalSetup: ['test/support/issuer-setup.ts'],
        },
      },
      {
        test: {
          name: 'conformance',
          environment: 'node',
          include: ['test/{conformance,cli}/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
