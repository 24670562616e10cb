/** Which failures are tried again, how often, and with which subject token. */
import { afterEach, expect, test, vi } from 'vitest'
import { ExchangeError, type SubjectTokenSource } from '../../src/client/index.ts'
import { closedPort } from '../support/closed-port.ts'
import { failureOf } from './support/failure.ts'
import { GRANTED, startGateway } from './support/gateway.ts'
import { DENIED, openTokens, UNAVAILABLE } from './support/tokens.ts'

const gateway = await startGateway()
afterEach(() => {
  vi.useRealTimers()
})

/** Answers with these statuses in turn, and then grants. */
function answerInTurn(...statuses: readonly number[]): void {
  let turn = 0
  gateway.answer((response) => {
    const status = statuses[turn] ?? 200
    turn += 1
    const body =
      status === 200 ? GRANTED : { error: status === 500 ? 'server_error' : UNAVAILABLE.error }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
}

test('tries again after temporary failures, with a new subject token each time', async () => {
  answerInTurn(503, 500)
  const tokens = openTokens(gateway.url)
  expect((await tokens.getToken()).accessToken).toBe(GRANTED.access_token)
  expect(gateway.asked.map(({ form }) => form.get('subject_token'))).toEqual([
    'subject.token.1',
    'subject.token.2',
    'subject.token.3',
  ])
})

test('stops when its time is over, and reports its tries', async () => {
  gateway.answerJson(503, UNAVAILABLE)
  const tokens = openTokens(gateway.url, { retrySeconds: 2 })
  const failure = await failureOf(tokens.getToken())
  expect(failure).toMatchObject({ code: 'temporarily_unavailable', status: 503 })
  expect(failure.description).toMatch(/^try again; \d+ tries in \d seconds$/)
  expect(gateway.asked.length).toBe(tokens.asked())
  expect(failure.description).toContain(`; ${tokens.asked()} tries`)
})

test('tries again when the gateway is unreachable', async () => {
  const port = await closedPort()
  const tokens = openTokens(`http://127.0.0.1:${port}`, { retrySeconds: 2 })
  const failure = await failureOf(tokens.getToken())
  expect(failure.code).toBe('unreachable')
  expect(failure.description).toMatch(/ECONNREFUSED\); \d+ tries in \d seconds$/)
  expect(tokens.asked()).toBeGreaterThan(1)
})

test('sends one request with 0 seconds', async () => {
  gateway.answerJson(503, UNAVAILABLE, { 'retry-after': '1' })
  const failure = await failureOf(openTokens(gateway.url, { retrySeconds: 0 }).getToken())
  expect(failure.description).toBe('try again')
  expect(gateway.asked.length).toBe(1)
})

test.each<[string, number, unknown]>([
  ['a refusal', 400, DENIED],
  ['an answer that is not from a gateway', 404, {}],
  ['the page of a captive portal', 200, '<html>log in</html>'],
])('does not try again after %s', async (_name, status, body) => {
  gateway.answerJson(status, body)
  const tokens = openTokens(gateway.url)
  await failureOf(tokens.getToken())
  expect(gateway.asked.length).toBe(1)
})

test('does not wait for a Retry-After beyond a minute and a half', async () => {
  gateway.answerJson(503, UNAVAILABLE, { 'retry-after': '91' })
  const tokens = openTokens(gateway.url)
  expect(await failureOf(tokens.getToken())).toMatchObject({
    code: 'temporarily_unavailable',
    retryAfterSeconds: 91,
  })
  expect(gateway.asked.length).toBe(1)
})

test('waits for the time in Retry-After, and a little longer', async () => {
  const setTimeout = vi.spyOn(globalThis, 'setTimeout')
  let isFirst = true
  gateway.answer((response) => {
    const [status, body] = isFirst ? [503, UNAVAILABLE] : [200, GRANTED]
    const headers = { 'content-type': 'application/json', 'retry-after': '1' }
    response.writeHead(status, headers).end(JSON.stringify(body))
    isFirst = false
  })
  expect((await openTokens(gateway.url).getToken()).accessToken).toBe(GRANTED.access_token)
  const pauses = setTimeout.mock.calls.map(([, milliseconds = 0]) => milliseconds)
  setTimeout.mockRestore()
  expect(pauses.some((pause) => pause >= 1000 && pause <= 1500)).toBe(true)
})

test('reports the previous try of a refusal, because it may have used up the subject token', async () => {
  let isFirst = true
  gateway.answer((response) => {
    if (isFirst) response.destroy()
    else response.writeHead(400).end(JSON.stringify(DENIED))
    isFirst = false
  })
  const failure = await failureOf(openTokens(gateway.url).getToken())
  expect(failure.code).toBe('invalid_request')
  expect(failure.description).toMatch(
    /^no rule allows this; the previous try: cannot reach 127\.0\.0\.1:\d+/,
  )
})

const failing = (isTemporary: boolean): SubjectTokenSource & { count: number } => ({
  name: 'failing',
  count: 0,
  getSubjectToken() {
    this.count += 1
    const description = 'failing: said no'
    throw new ExchangeError({ code: 'source_unavailable', description, isTemporary })
  },
})

test('tries again when the platform did not answer', async () => {
  const source = failing(true)
  const failure = await failureOf(openTokens(gateway.url, { source, retrySeconds: 2 }).getToken())
  expect(failure.code).toBe('source_unavailable')
  expect(failure.description).toBe(
    `failing: said no; ${source.count} tries in ${failure.description.match(/in (\d)/)?.[1]} seconds`,
  )
  expect([source.count > 1, gateway.asked.length]).toEqual([true, 0])
})

test('throws a refusal of the platform at once', async () => {
  const source = failing(false)
  expect(await failureOf(openTokens(gateway.url, { source }).getToken())).toMatchObject({
    code: 'source_unavailable',
    message: 'failing: said no (source_unavailable)',
  })
  expect([source.count, gateway.asked.length]).toEqual([1, 0])
})

test('stops waiting for a source that never answers', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const source = { name: 'silent', getSubjectToken: () => new Promise<string>(() => {}) }
  const failure = failureOf(openTokens(gateway.url, { source, retrySeconds: 0 }).getToken())
  await vi.advanceTimersByTimeAsync(60_000)
  expect((await failure).message).toBe('silent: did not answer in time (source_unavailable)')
})

test('requests the gateway’s URL as the audience unless another is given', async () => {
  const audiences: string[] = []
  const source: SubjectTokenSource = {
    name: 'listening',
    getSubjectToken: async ({ audience }) => {
      audiences.push(audience)
      return 'a.b.c'
    },
  }
  gateway.answerJson(200, GRANTED)
  await openTokens(gateway.url, { source }).getToken()
  await openTokens(gateway.url, { source, audience: 'api://other' }).getToken()
  expect(audiences).toEqual([gateway.url, 'api://other'])
})
