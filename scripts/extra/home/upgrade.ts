/** The stored state of release 0.2.0, started in production by this release. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../run-program.ts'
import { expect, type Step } from './check.ts'
import { CLI, homeFlags, makeHome, readLog, startHome } from './world.ts'

export const UPGRADE: readonly Step[] = [{ name: 'an upgrade in place', run: checkUpgrade }]

const STORED = join(import.meta.dirname, '../../../test/vectors/stored-0.2.0/objects')
const FLAGS = ['--port', '0', '--behind-proxy', '127.0.0.1']

async function checkUpgrade(scratch: string): Promise<string> {
  const home = await makeHome(join(scratch, 'upgrade'))
  mkdirSync(home.state, { mode: 0o700 })
  cpSync(STORED, join(home.state, 'objects'), { recursive: true })
  const first = await startHome(home, FLAGS)
  await first.stop()
  expect(first.ready.revision === 4, `revision ${first.ready.revision} is in force`)
  const said = readLog(first.said()).filter(({ event }) => event === 'state_migrates')
  expect(said.length === 1, 'the migration was not announced')
  const again = await startHome(home, FLAGS)
  await again.stop()
  const second = readLog(again.said()).some(({ event }) => event === 'state_migrates')
  expect(!second, 'the state was migrated twice')
  const path = join(home.state, 'state-version.json')
  const newer = readFileSync(path, 'utf8').replace(
    /"release":"[^"]+"(.*):\d+}}/,
    '"release":"9.0.0"$1:99}}',
  )
  writeFileSync(path, newer)
  const environment = { PATH: process.env.PATH ?? '', ...home.environment }
  const refused = await runProgram([CLI, 'serve', ...homeFlags(home), ...FLAGS], environment)
  expect(refused.exitCode === 2, `the newer state ended with ${refused.exitCode}`)
  expect(refused.stderr.includes('was written by edgemint 9.0.0'), refused.stderr)
  expect(readFileSync(path, 'utf8') === newer, 'the refusal changed the state')
  return 'the state of 0.2.0 is migrated once, and that of 9.0.0 is refused'
}
