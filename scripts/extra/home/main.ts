/**
 * `npm run check:home`: a gateway in production on this machine. Ends it under load, changes its
 * certificate, puts nginx in front, upgrades its state, and runs the unit and the container of
 * `deploy/`. `npm run check:home -- unit` runs only the steps whose name contains a word.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NotHere } from './check.ts'
import { CONTAINER } from './container.ts'
import { PROXY } from './proxy.ts'
import { STOPS } from './stops.ts'
import { TLS } from './tls.ts'
import { UNIT } from './unit.ts'
import { UPGRADE } from './upgrade.ts'

const words = process.argv.slice(2)
const steps = [...STOPS, ...TLS, ...PROXY, ...UPGRADE, ...UNIT, ...CONTAINER].filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
)
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-home-'))
let failed = 0
try {
  for (const { name, run } of steps) {
    try {
      console.log(`good  ${name}: ${await run(scratch)}`)
    } catch (error) {
      const isMissing = error instanceof NotHere
      if (!isMissing) failed += 1
      const said = error instanceof Error ? error.message : String(error)
      console.log(`${isMissing ? 'not here' : 'WRONG'} ${name}: ${said}`)
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
if (steps.length === 0) console.log('no step has that name')
process.exitCode = failed === 0 && steps.length > 0 ? 0 : 1
