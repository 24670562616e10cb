/**
 * The step `clock` of `edgemint doctor` at a gateway without a `Date` header, as `serve` is without
 * `--production`: its time is in the id of a decision.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readAheadOf } from '../../../../src/cli/operate/doctor/check-exchange.ts'
import { formatDecisionId } from '../../../../src/contract/decisions/id.ts'
import { runCli } from '../../support/run.ts'

const AT = 1_800_000_000_000
const idAt = (at: number) => formatDecisionId({ shard: 2, at }, new Uint8Array(9))

test.each([
  ['the same time', idAt(AT), 0],
  ['a clock ahead', idAt(AT - 90_000), 90],
  ['a clock behind', idAt(AT + 90_000), -90],
  ['a clock that starts at 1970', idAt(2 * AT), -AT / 1000],
  ['an id of another kind', 'req_1', undefined],
  ['an id of release 0.2.0, which has no time', 'dec_AkHrmPlxDk-dCC1sVt2a8A', undefined],
  ['no id', undefined, undefined],
])('reads the time of a decision: %s', (_, id, seconds) => {
  expect(readAheadOf(id, AT)).toBe(seconds)
})

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-clock-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** A gateway that sends no `Date`, whose clock is ten minutes ahead, and which refuses each exchange. */
const server = createServer((request, response) => {
  response.sendDate = false
  const answers: Readonly<Record<string, object>> = {
    '/health': { status: 'ready', checks: {} },
    '/token': { error: 'invalid_request', decision_id: idAt(Date.now() + 600_000) },
  }
  response.writeHead(request.url === '/token' ? 400 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answers[request.url ?? ''] ?? { issuer: url }))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => server.close())

async function findClock(flags: readonly string[]) {
  const path = join(scratch, 'subject.jwt')
  const now = Math.floor(Date.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: 'https://idp.example', aud: url, iat: now, exp: now + 600 }
  writeFileSync(path, `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2ln`)
  const args = ['doctor', '--json', '--url', url, '--token-file', path, ...flags]
  const { stdout } = await runCli(args, { environment: { HOME: scratch } })
  const { steps } = JSON.parse(stdout) as { steps: readonly { readonly step: string }[] }
  return steps.find(({ step }) => step === 'clock')
}

test('compares the clocks by the id of a refused exchange', async () => {
  expect(await findClock(['--resource', 'https://api.example.com'])).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^this machine's clock is (?:59\d|60\d) seconds behind/),
  })
})

test('says without an exchange how to learn the time of the gateway', async () => {
  expect(await findClock([])).toMatchObject({
    status: 'skip',
    message: expect.stringContaining('with --resource'),
  })
})
