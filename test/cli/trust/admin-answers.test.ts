/** What commands say about an answer that is no answer of a gateway, or that asks to wait. */
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { createScratch, runCli } from '../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token.text')]
const once = { environment: { EDGEMINT_RETRY_SECONDS: '0' } }
const exchange = ['exchange', '--resource', 'https://api.example.com', ...flags]

const CHECK_URL = 'edgemint: hint: check --url: it is the issuer URL of the gateway'
const IN_FRONT =
  'edgemint: hint: a server in front of the gateway may have answered, such as a sign-in page or an outbound proxy: let requests to the gateway pass, or check --url'
const REDIRECT = { status: 302, headers: { location: 'https://other.example.com/' } }
const PAGE = { status: 200, text: '<html>' }
const MISSING = { status: 404, text: 'Not Found' }

test.each([
  ['a redirect', REDIRECT, 'the gateway answered with a redirect, which is not followed', IN_FRONT],
  ['a sign-in page', PAGE, 'the answer (status 200) is not from a gateway', IN_FRONT],
  ['another server', MISSING, 'the answer (status 404) is not from a gateway', CHECK_URL],
])('commands of administrators say what exchange says of %s', async (_, reply, sentence, hint) => {
  gateway.answer(() => reply)
  const commands = [
    ...[exchange, ['issuers', ...flags], ['trust', 'log', ...flags], ['keys', 'list', ...flags]],
    ...[
      ['posture', ...flags],
      ['decisions', 'list', ...flags],
      ['rollback', '1', ...flags],
    ],
  ]
  for (const args of commands) {
    const { stderr, exitCode } = await runCli(args, once)
    expect([stderr.trim().split('\n'), exitCode]).toEqual([[`edgemint: ${sentence}`, hint], 3])
  }
})

test.each([
  ['7', ['edgemint: hint: try again in 7 seconds']],
  ['0', []],
])('commands say how long to wait: Retry-After: %s', async (seconds, hints) => {
  gateway.answer(() => ({ status: 503, headers: { 'retry-after': seconds } }))
  for (const args of [exchange, ['issuers', ...flags], ['trust', 'log', ...flags]]) {
    const { stderr, exitCode } = await runCli(args, once)
    const [first, ...rest] = stderr.trim().split('\n')
    expect(first).toBe('edgemint: a server in front of the gateway answered (status 503)')
    expect([rest, exitCode]).toEqual([hints, 3])
  }
})
