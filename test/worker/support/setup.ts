/**
 * Runs before each test file on workerd. Imported modules keep their state between files, so the
 * Worker is watched only once.
 */
import worker from '../../../src/worker/index.ts'
import { reportSightings } from '../../support/canary/report.ts'
import { lookAtStoresOfFile, watchWorker } from './canary.ts'
import { showLogOfFailedTests } from './log-of-test.ts'

showLogOfFailedTests()
watchWorker(worker)
reportSightings(lookAtStoresOfFile)
