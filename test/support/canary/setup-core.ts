/** Searches for the canary in tests of pure code: in tokens, keys and responses. */
import './claims.ts'
import { reportSightings } from './report.ts'

reportSightings()
