/**
 * The canary in tests of the libraries: in every program that they start. Their answers are not
 * looked at, for some never end, and what reads one is what is tested.
 */
import './claims.ts'
import { watchPrograms } from './programs.ts'
import { reportSightings } from './report.ts'

watchPrograms()
reportSightings()
