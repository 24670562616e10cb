/** `npm run bench:cold` measures what it says: one load, by as many first requests as it sends. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DevIssuer, startDevIssuer } from '../../dist/dev/index.js'
import { startColdGateway } from '../../scripts/bench/cold/cold-gateway.ts'
import {
  measureFirstRequests,
  measureIsolateMemory,
} from '../../scripts/bench/cold/first-requests.ts'
import { makeKey, makeTrust } from '../../scripts/bench/fixtures.ts'
import { makeBodies } from '../../scripts/bench/run-variant.ts'

const AT_ONCE = 8
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-cold-test-'))
let issuer: DevIssuer
let bodies: readonly string[]
let key: string

beforeAll(async () => {
  issuer = await startDevIssuer()
  key = await makeKey('ES256')
  bodies = await makeBodies({ issuer }, { token: 'ordinary', outcome: 'granted' }, AT_ONCE)
  const writer = await startColdGateway({ stateDir: scratch, key })
  await writer.put(makeTrust(issuer.issuer, { rules: 50, shape: 'short', replay: 'reuse' }))
  await writer.close()
})

afterAll(async () => {
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
})

test('first requests that arrive at once load the document once', async () => {
  const options = { stateDir: scratch, key, place: () => undefined, bodies }
  const { loads, milliseconds } = await measureFirstRequests(options)
  expect(loads).toBe(1)
  expect(milliseconds).toBeGreaterThan(0)
})

test('a first request that is refused is no measurement', async () => {
  const options = { stateDir: scratch, key, place: () => undefined, bodies: ['grant_type=x'] }
  await expect(measureFirstRequests(options)).rejects.toThrow('/token answered 400')
})

test('the memory is that of the isolate of the gateway', async () => {
  const options = { stateDir: scratch, key, place: () => undefined, bodies }
  const { heapMebibytes, bufferMebibytes } = await measureIsolateMemory(options)
  expect(heapMebibytes).toBeGreaterThan(1)
  expect(heapMebibytes + bufferMebibytes).toBeLessThan(64)
})

test('unknown arguments are refused with the usage', () => {
  const script = join(import.meta.dirname, '../../scripts/bench/cold/main.ts')
  const run = () =>
    execFileSync(process.execPath, [script, '--rules', '7'], { encoding: 'utf8', stdio: 'pipe' })
  expect(run).toThrow(/--rules must be a list of 10, 10000, 100000\nusage:/)
})
