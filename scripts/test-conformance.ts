/**
 * Runs the tests of whole programs: the command line, the action, the installed package, and the built
 * gateway over HTTP and on the pages of the documentation. They start hundreds of processes, so
 * `npm test` leaves them out. Arguments are files or flags of Vitest.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vitest } from './vitest.ts'

const compiled = mkdtempSync(join(tmpdir(), 'edgemint-compiled-'))
// Some programs start a hundred times. Node then compiles each only once.
process.env.NODE_COMPILE_CACHE = compiled
try {
  const args = ['--project', 'conformance', ...process.argv.slice(2)]
  const { exitCode } = await vitest(args, 'shown')
  process.exitCode = exitCode
} finally {
  rmSync(compiled, { recursive: true, force: true })
}
