/**
 * How StrykerJS changes one folder of src, which `main.ts` names in the environment, and which tests
 * it runs.
 */
import { env } from 'node:process'

const folder = env.MUTATED_FOLDER ?? ''
const report = `reports/mutants/${folder.replaceAll('/', '-')}`

export default {
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutants/stryker/vitest.config.ts' },
  // The numbers in limits.ts stay: docs/limits.md has the reason of each.
  mutate: [`src/${folder}/*.ts`, '!src/**/*.d.ts', '!src/**/limits.ts'],
  // A value that is computed when a module is loaded would need every test, in a new process.
  ignoreStatic: true,
  ignorePatterns: ['action/dist', 'dist/bundle', 'reports'],
  // Stryker rewrites a tsconfig.json with the JavaScript API of TypeScript, which TypeScript 7 does
  // not have. The tests read none, so Stryker is given a name that does not exist.
  tsconfigFile: 'no-tsconfig.json',
  concurrency: 2,
  // Added to the usual time of a test, so that a busy machine does not look like an endless loop.
  timeoutMS: 10_000,
  tempDirName: '.stryker-tmp',
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  htmlReporter: { fileName: `${report}.html` },
  jsonReporter: { fileName: `${report}.json` },
  clearTextReporter: { logTests: false, reportTests: false, skipFull: true },
  // Marks in the report. Some changes mean the same as the code, so no score fails the run.
  thresholds: { high: 95, low: 90, break: null },
}
