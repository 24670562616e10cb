/**
 * The canary in tests of pure code, which logs nothing and starts nothing: in tokens, keys and
 * answers. A sighting fails the file, because a hook after each test takes longer than the test.
 */
import './claims.ts'
import { reportSightingsOfFile } from './report.ts'

reportSightingsOfFile()
