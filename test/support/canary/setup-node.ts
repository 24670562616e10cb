/**
 * Searches for the canary in tests that run on Node: in this process and in every program that it
 * starts.
 */
import { seeAllAnswers, watchAnswers } from './answers.ts'
import './claims.ts'
import { watchConsole } from './console.ts'
import { watchPrograms } from './programs.ts'
import { reportSightings } from './report.ts'

watchConsole()
watchPrograms()
watchAnswers()
reportSightings(seeAllAnswers)
