/** The canary in tests of pure code, where nothing is logged: in tokens, keys and answers. */
import './claims.ts'
import { watchPrograms } from './programs.ts'
import { reportSightings } from './report.ts'

watchPrograms()
reportSightings()
