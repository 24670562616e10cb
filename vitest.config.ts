import { defineConfig } from 'vitest/config'
import { adminPolicy } from './test/support/admin-policy.ts'
import { createCanaryReporter } from './test/support/canary/reporter.ts'

const PURE = ['test/support/quiet.ts', 'test/support/pure.ts', 'test/support/canary/setup-core.ts']

/** Whether `--project` leaves this project in the run. */
function isAsked(project: string): boolean {
  const { argv } = process
  const asked = argv.flatMap((argument, index) => {
    if (argument === '--project') return [argv[index + 1] ?? '']
    return argument.startsWith('--project=') ? [argument.slice('--project='.length)] : []
  })
  return asked.length === 0 || asked.some((name) => name === project || /[!*]/.test(name))
}

/** On workerd. Its plugin is loaded only for a run that asks for it: that alone takes half a second. */
async function workerProject() {
  const { cloudflareTest } = await import('@cloudflare/vitest-plugin')
  return {
    plugins: [
      cloudflareTest(({ inject }) => ({
        wrangler: { configPath: './test/worker/wrangler.toml' },
        miniflare: {
          bindings: {
            SIGNING_KEY_TEST: inject<string>('signingKey'),
            BOOTSTRAP_TRUST: adminPolicy(inject<string>('devIssuer')),
          },
        },
      })),
    ],
    test: {
      name: 'worker',
      // One workerd for all files: a run can stall for ever between two of them
      // (cloudflare/workers-sdk#15498). Each file makes itself a gateway with stores of its own.
      isolate: false,
      maxWorkers: 1,
      sequence: { groupOrder: 1 },
      include: ['test/worker/**/*.test.ts'],
      // A thousand requests at once are slow on a busy machine.
      testTimeout: 90_000,
      hookTimeout: 90_000,
      globalSetup: ['test/support/issuer-setup.ts'],
      setupFiles: ['test/worker/support/canary.ts'],
    },
  }
}

// Four rooms, four speeds: pure code on Node, the Worker's parts on workerd, the built gateway as
// a black box over HTTP, and the package as its users install it.
export default defineConfig({
  test: {
    // What a passing test logs is nobody's reading; a failing one shows it.
    silent: 'passed-only',
    // The canary's own line comes before the summary: that is the last word of a run.
    reporters: [createCanaryReporter(), 'default'],
    projects: [
      {
        test: {
          name: 'core',
          include: ['test/{protocol,web,contract,core,analysis}/**/*.test.ts'],
          exclude: ['**/*.property.test.ts', '**/*.node.test.ts'],
          setupFiles: PURE,
          // Nothing here leaves anything behind, so all files share one thread and its modules.
          isolate: false,
          pool: 'threads',
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: 'property',
          include: ['test/**/*.property.test.ts'],
          setupFiles: PURE,
          isolate: false,
          pool: 'threads',
          maxWorkers: 1,
          // A property that takes a second alone takes ten beside two busy processes.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'node',
          // Each file starts what it needs and ends it.
          isolate: false,
          include: ['test/{client,verify,gateway,dev}/**/*.test.ts', 'test/**/*.node.test.ts'],
          exclude: ['**/*.property.test.ts'],
          setupFiles: ['test/support/quiet.ts', 'test/support/canary/setup-library.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      ...(isAsked('worker') ? [workerProject] : []),
      {
        test: {
          name: 'conformance',
          isolate: true,
          environment: 'node',
          include: ['test/{conformance,cli,action,ci}/**/*.test.ts'],
          setupFiles: ['test/support/canary/setup-node.ts'],
          // Most of these start processes, which take turns on a busy machine.
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'package',
          isolate: true,
          environment: 'node',
          include: ['test/package/**/*.test.ts'],
          setupFiles: ['test/support/canary/setup-node.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
