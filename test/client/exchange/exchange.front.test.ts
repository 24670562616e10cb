/** Answers of a server in front of the gateway: which are temporary, and what the error says. */
import { describe, expect, test } from 'vitest'
import { exchange } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'
import { GRANTED, startGateway } from '../support/gateway.ts'
import { openTokens } from '../support/tokens.ts'

const gateway = await startGateway()
const options = {
  url: gateway.url,
  subjectToken: 'subject.token.text',
  resource: 'https://api.example.com',
}

const PAGE = '<html><head><title>502 Bad Gateway</title></head></html>'
const BODIES: readonly (readonly [string, string | Buffer])[] = [
  ['an HTML page', PAGE],
  ['an empty body', ''],
  ['truncated JSON', '{"error":"temporarily_un'],
  ['JSON of another server', '{"message":"no healthy upstream"}'],
  ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
  ['a page larger than any answer of a gateway', 'x'.repeat(300_000)],
]

describe.each([408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 530, 599])(
  'status %d',
  (status) => {
    test.each(BODIES)('is temporary with %s', async (_name, body) => {
      gateway.answer((response) =>
        response.writeHead(status, { server: 'nginx/1.27 (x)' }).end(body),
      )
      expect(await failureOf(exchange(options))).toMatchObject({
        code: 'invalid_response',
        status,
        isTemporary: true,
        description: `a server in front of the gateway answered (status ${status}, server nginx)`,
      })
    })

    test('is tried again and then granted', async () => {
      let isFirst = true
      gateway.answer((response) => {
        if (isFirst) response.writeHead(status).end(PAGE)
        else response.writeHead(200).end(JSON.stringify(GRANTED))
        isFirst = false
      })
      const tokens = openTokens(gateway.url)
      expect((await tokens.getToken()).accessToken).toBe(GRANTED.access_token)
      expect(gateway.asked.map(({ form }) => form.get('subject_token'))).toEqual([
        'subject.token.1',
        'subject.token.2',
      ])
    })
  },
)

test.each([400, 401, 403, 404, 405, 413, 451, 200])(
  'status %d with an HTML page is final',
  async (status) => {
    gateway.answer((response) => response.writeHead(status, { server: 'cloudflare' }).end(PAGE))
    expect(await failureOf(exchange(options))).toMatchObject({
      code: 'invalid_response',
      isTemporary: false,
      description: `the answer (status ${status}, server cloudflare) is not from a gateway`,
    })
  },
)

test('a truncated answer with a temporary status is temporary', async () => {
  gateway.answer((response) => {
    response.writeHead(502, { 'content-length': '100' })
    response.write('<html>', () => response.destroy())
  })
  expect(await failureOf(exchange(options))).toMatchObject({ status: 502, isTemporary: true })
})

test('a 429 is temporary with any error code', async () => {
  gateway.answerJson(429, { error: 'invalid_request', error_description: 'too many' })
  expect(await failureOf(exchange(options))).toMatchObject({
    code: 'invalid_request',
    description: 'too many',
    isTemporary: true,
  })
})

test.each([
  ['several products', 'Apache/2.4 (Debian) mod_x', 'server Apache'],
  ['a command of a CI system', '::add-mask::x', 'status 503)'],
  ['terminal escapes', '\u001b[2J', 'status 503)'],
])('shows at most one word of a Server header with %s', async (_name, server, shown) => {
  // Node refuses to send such a header, so the test writes the response itself.
  gateway.answer((response) => {
    response.socket?.end(
      `HTTP/1.1 503 ::stop-commands::x\r\nserver: ${server}\r\ncontent-length: 0\r\n\r\n`,
    )
  })
  const { description } = await failureOf(exchange(options))
  for (const text of ['::', '\u001b']) expect(description).not.toContain(text)
  expect(description.startsWith('cannot reach') || description.includes(shown)).toBe(true)
})

describe('Retry-After', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString()
  const wrongClock = 'Wed, 01 Jan 2020 00:00:00 GMT'
  test.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ['is read in seconds', { 'retry-after': '7' }, 7],
    ['is read as a date', { 'retry-after': 'Wed, 01 Jan 2020 00:01:00 GMT', date: wrongClock }, 60],
    ['is 0 for a date in the past', { 'retry-after': inSeconds(-60) }, 0],
    ['is ignored if the date is invalid', { 'retry-after': 'soon GMT' }, undefined],
    ['is ignored if it is negative', { 'retry-after': '-5' }, undefined],
    ['is ignored if it is a fraction', { 'retry-after': '1.5' }, undefined],
    ['has an upper limit', { 'retry-after': '9'.repeat(40) }, 999_999],
  ])('%s', async (_name, headers, seconds) => {
    gateway.answer((response) => response.writeHead(503, headers).end(PAGE))
    expect((await failureOf(exchange(options))).retryAfterSeconds).toBe(seconds)
  })
})

test.each([
  ['CERT_HAS_EXPIRED', false],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
  ['ERR_SSL_WRONG_VERSION_NUMBER', false],
  ['ECONNRESET', true],
  ['EAI_AGAIN', true],
])('a connection error %s is temporary: %s', async (code, isTemporary) => {
  const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: { code } }))
  expect(await failureOf(exchange({ ...options, fetch }))).toMatchObject({
    code: 'unreachable',
    isTemporary,
  })
})
