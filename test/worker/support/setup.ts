/**
 * Runs before each test file on workerd. Imported modules keep their state between files, so the
 * Worker is watched only once.
 */
import worker from '../../../src/worker/index.ts'
import { watchConsole } from '../../support/canary/console.ts'
import { reportSightings } from '../../support/canary/report.ts'
import { lookAtStoresOfFile, watchWorker } from './canary.ts'

watchConsole()
watchWorker(worker)
reportSightings(lookAtStoresOfFile)
