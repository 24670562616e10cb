/**
 * Searches for the canary in tests of the libraries: in every program that they start. Responses
 * are not searched, because some never end and the tests check how they are read.
 */
import './claims.ts'
import { watchPrograms } from './programs.ts'
import { reportSightings } from './report.ts'

watchPrograms()
reportSightings()
