/** The canary in tests of pure code, which logs nothing and starts nothing: in tokens, keys and answers. */
import './claims.ts'
import { reportSightings } from './report.ts'

reportSightings()
