/** Which errors of AWS STS are final, which are temporary, and how often a request is repeated. */
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { GRANTED, grant, TOKEN, workloadOf } from '../support/helper.ts'
import { runCli } from '../support/run.ts'
import { CREDENTIALS, granted, renderRefused, type StsReply, startSts } from '../support/sts.ts'

const gateway = await startGateway()
const sts = await startSts()
const ROLE = 'arn:aws:iam::123456789012:role/deploy'

function ask(seconds = '20') {
  const args = ['credential', 'aws', '--role-arn', ROLE, '--endpoint', sts.url]
  return runCli(args, workloadOf(gateway, '', { EDGEMINT_RETRY_SECONDS: seconds }))
}

const refused = (code: string, status = 400): StsReply => ({
  status,
  text: renderRefused(code, `about ${TOKEN}`),
})

/** Returns these answers in order, then credentials. */
function answerInTurn(...replies: readonly StsReply[]): void {
  const left = [...replies]
  sts.answer(() => left.shift() ?? granted())
}

const PASSING: readonly [what: string, reply: StsReply, sentence: string][] = [
  ...['IDPCommunicationError', 'IDPCommunicationErrorException'].map(
    (code): [string, StsReply, string] => [
      code,
      refused(code),
      `AWS cannot fetch the keys of the gateway (${code})`,
    ],
  ),
  ...[
    'Throttling',
    'ThrottlingException',
    'RequestLimitExceeded',
    'TooManyRequestsException',
    'SlowDown',
  ].map((code): [string, StsReply, string] => [
    code,
    refused(code),
    `AWS limits the rate of requests (${code})`,
  ]),
  ...['ServiceUnavailable', 'InternalFailure', 'RequestTimeout'].map(
    (code): [string, StsReply, string] => [
      code,
      refused(code),
      `AWS is temporarily unavailable (${code})`,
    ],
  ),
  [
    'an unknown code',
    refused('SomethingElse', 500),
    'AWS is temporarily unavailable (SomethingElse)',
  ],
  [
    'a page of a load balancer',
    { status: 503, text: '<html>' },
    'AWS is temporarily unavailable (status 503)',
  ],
  ['a status without a body', { status: 429 }, 'AWS is temporarily unavailable (status 429)'],
]

test.each(PASSING)('retries after %s, with the same token', async (_what, reply, sentence) => {
  gateway.answer(grant)
  answerInTurn(reply)
  const { stdout, stderr, exitCode } = await ask()
  expect([JSON.parse(stdout), exitCode]).toEqual([{ Version: 1, ...CREDENTIALS }, 0])
  expect(stderr).toContain(`edgemint: ${sentence}; trying again in 1 second\n`)
  expect(stderr).not.toContain(TOKEN)
  expect([gateway.asked.length, sts.asked.length]).toEqual([1, 2])
})

test.each(PASSING)('ends with 3 when %s does not end in time', async (_what, reply, sentence) => {
  gateway.answer(grant)
  sts.answer(() => reply)
  const { stdout, stderr, exitCode } = await ask('0')
  expect([stdout, stderr, exitCode]).toEqual(['', `edgemint: ${sentence}\n`, 3])
  expect(sts.asked.length).toBe(1)
})

test('waits for the time in Retry-After', async () => {
  gateway.answer(grant)
  answerInTurn({ ...refused('Throttling'), headers: { 'retry-after': '1' } })
  const { stderr, exitCode } = await ask()
  expect(exitCode).toBe(0)
  expect(stderr).toContain('trying again in 2 seconds\n')
})

test.each<[string, number, string]>([
  ['ExpiredTokenException', 400, 'the token had expired when AWS saw it'],
  ['IDPRejectedClaim', 403, 'AWS does not accept a claim of the token'],
  ['AccessDenied', 403, 'the role may not be assumed with this token'],
  ['ValidationError', 400, 'AWS does not accept the request'],
  ['MalformedPolicyDocument', 400, 'AWS does not accept a policy of the session'],
  ['PackedPolicyTooLarge', 400, 'the policies and tags of the session are too large'],
  ['RegionDisabledException', 403, 'this AWS region is not active for the account'],
  ['SomethingNew', 400, 'AWS refused the request'],
])('reports %s (%i) without a retry', async (code, status, sentence) => {
  gateway.answer(grant)
  sts.answer(() => refused(code, status))
  const { stdout, stderr, exitCode } = await ask()
  expect([stdout, exitCode, sts.asked.length]).toEqual(['', 1, 1])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${sentence} (${code})`)
  expect(stderr).not.toContain(TOKEN)
})

test('retries once when AWS does not accept the token', async () => {
  gateway.answer(grant)
  answerInTurn(refused('InvalidIdentityToken'))
  expect((await ask()).exitCode).toBe(0)
  expect(sts.asked.length).toBe(2)
})

test.each([
  ['20', 2],
  ['0', 1],
])('refuses a token that AWS does not accept within %s seconds', async (seconds, tries) => {
  gateway.answer(grant)
  sts.answer(() => refused('InvalidIdentityToken'))
  const { stdout, stderr, exitCode } = await ask(seconds)
  expect([stdout, exitCode, sts.asked.length]).toEqual(['', 1, tries])
  expect(stderr).toContain('edgemint: AWS does not accept the token (InvalidIdentityToken)\n')
  expect(stderr).toContain('edgemint: hint: the account needs an OIDC provider for the issuer URL')
})

test('uses a new token for the second attempt when the first has less than a minute left', async () => {
  let count = 0
  gateway.answer(() => {
    count += 1
    const access_token = `header.payload.number${count}`
    return { status: 200, body: { ...GRANTED, access_token, expires_in: 30 } }
  })
  answerInTurn(refused('Throttling'))
  expect((await ask()).exitCode).toBe(0)
  expect(sts.asked.map(({ form }) => form.get('WebIdentityToken'))).toEqual([
    'header.payload.number1',
    'header.payload.number2',
  ])
})
