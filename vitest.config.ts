import { defineConfig } from 'vitest/config'
import { adminPolicy } from './test/support/admin-policy.ts'
import { createCanaryReporter } from './test/support/canary/reporter.ts'
import { LongestFirst } from './test/support/longest-first.ts'
import { createProgressReporter } from './test/support/progress-reporter.ts'

const PROPERTIES = 'test/**/*.property.test.ts'
/** Reads a page of the documentation. */
const PAGES = 'test/**/*.docs.test.ts'
/** Of a pure room, and needs a socket or a timer all the same. */
const WITH_TIMERS = 'test/**/*.node.test.ts'
const NOT_PURE = [PROPERTIES, PAGES, WITH_TIMERS]
/** Installs the package as its users do. */
const INSTALLED = 'test/package/install.test.ts'
const POLICY = 'test/core/policy/**/*.test.ts'
const EXCHANGES = [
  'test/core/{endpoint,evidence,grants,keys,tokens}/**/*.test.ts',
  'test/protocol/dpop/**/*.test.ts',
]
const PURE = ['test/support/pure.ts', 'test/support/canary/setup-core.ts']

/** Whether `--project` leaves this project in the run. */
function isAsked(project: string): boolean {
  const { argv } = process
  const asked = argv.flatMap((argument, index) => {
    if (argument === '--project') return [argv[index + 1] ?? '']
    return argument.startsWith('--project=') ? [argument.slice('--project='.length)] : []
  })
  if (asked.includes(`!${project}`)) return false
  return asked.length === 0 || asked.some((name) => name === project || /[!*]/.test(name))
}

/**
 * The Worker's parts, on workerd. Loading the plugin takes half a second, so only a run that asks
 * for this project loads it.
 */
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
      // One workerd for all files. Each file makes itself a gateway with stores of its own.
      isolate: false,
      maxWorkers: 1,
      // See `test/worker/support/log-of-test.ts`.
      disableConsoleIntercept: true,
      sequence: { groupOrder: 2 },
      include: ['test/worker/**/*.test.ts'],
      // A thousand requests at once are slow on a busy machine.
      testTimeout: 90_000,
      hookTimeout: 90_000,
      globalSetup: ['test/support/issuer-setup.ts'],
      setupFiles: ['test/worker/support/setup.ts'],
    },
  }
}

/**
 * What opens sockets, starts programs and waits: three at a time, so that two cores are busy while
 * one waits. A file starts what it needs and ends it, so files share a process and its modules.
 */
const BESIDE = { isolate: false, maxWorkers: 3, sequence: { groupOrder: 1 } }

/** Pure code of the gateway: one thread, and a file shares its modules with the others. */
const ALONE = { setupFiles: PURE, isolate: false, pool: 'threads', maxWorkers: 1 } as const

/** From pure code to the package. The path of a test says which project it is in. */
const PROJECTS = [
  {
    // Bytes, the grammar of the wire, schemas, providers and records: the fast tests, in under five
    // seconds of CPU time. The other pure code of the gateway is in the next two projects.
    test: {
      ...ALONE,
      name: 'core',
      include: ['test/{protocol,web,contract,core}/**/*.test.ts'],
      exclude: [...NOT_PURE, POLICY, ...EXCHANGES],
    },
  },
  {
    // The rule language, from its text to a decision.
    test: { ...ALONE, name: 'policy', include: [POLICY], exclude: NOT_PURE },
  },
  {
    // From a token or proof with a real signature to the answer.
    test: { ...ALONE, name: 'exchange', include: EXCHANGES, exclude: NOT_PURE },
  },
  {
    // What people run on rules, and the pure parts of the console.
    test: {
      ...BESIDE,
      name: 'analysis',
      include: ['test/{analysis,console}/**/*.test.ts'],
      exclude: NOT_PURE,
      setupFiles: PURE,
      pool: 'threads',
    },
  },
  {
    // Pure code in thousands of generated cases.
    test: {
      ...BESIDE,
      name: 'property',
      include: [PROPERTIES],
      setupFiles: PURE,
      pool: 'threads',
      // A property that takes a second alone takes ten beside busy processes.
      testTimeout: 60_000,
    },
  },
  {
    // The libraries, with real servers in their process.
    test: {
      ...BESIDE,
      name: 'node',
      include: ['test/{client,verify,gateway,dev}/**/*.test.ts', WITH_TIMERS],
      exclude: [PROPERTIES],
      setupFiles: ['test/support/quiet.ts', 'test/support/canary/setup-library.ts'],
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  },
  {
    // The command line, the action, the installed package and the built gateway as black boxes.
    test: {
      ...BESIDE,
      name: 'conformance',
      include: ['test/{conformance,cli,action,ci}/**/*.test.ts', INSTALLED],
      setupFiles: ['test/support/canary/setup-node.ts'],
      // Many of these start processes, which take turns on a busy machine.
      testTimeout: 120_000,
      hookTimeout: 180_000,
    },
  },
  {
    // What the package has, and the pages beside the code that they describe.
    test: {
      ...BESIDE,
      name: 'package',
      include: ['test/package/**/*.test.ts', PAGES],
      exclude: [INSTALLED],
      setupFiles: ['test/support/canary/setup-node.ts'],
      testTimeout: 120_000,
      hookTimeout: 180_000,
    },
  },
]

/** `scripts/test.ts` starts two runs, each of which writes a report, and then merges the reports. */
const { VITEST_REPORT } = process.env
const isMerging = process.argv.includes('--mergeReports')

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // The output of a passing test is not shown; that of a failing one is.
    silent: 'passed-only',
    // The canary's own line comes before the summary: that is the last word of a run.
    reporters: [
      createCanaryReporter(),
      isMerging ? 'minimal' : 'default',
      ...(VITEST_REPORT === undefined
        ? []
        : [
            createProgressReporter(`${VITEST_REPORT}.progress`),
            ['blob', { outputFile: VITEST_REPORT }] satisfies [string, object],
          ]),
    ],
    // Vitest makes a server for each, also where it runs none of its tests.
    projects: [
      ...PROJECTS.filter(({ test }) => isAsked(test.name)),
      ...(isAsked('worker') ? [workerProject] : []),
    ],
  },
})
