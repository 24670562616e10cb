/**
 * Before each file on workerd. It runs again for each, while the modules that it imports keep what
 * they know: the Worker is watched once.
 */
import worker from '../../../src/worker/index.ts'
import { watchConsole } from '../../support/canary/console.ts'
import { reportSightings } from '../../support/canary/report.ts'
import { lookAtStoresOfFile, watchWorker } from './canary.ts'

watchConsole()
watchWorker(worker)
reportSightings(lookAtStoresOfFile)
