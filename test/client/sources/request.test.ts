/** Sources that use HTTP: they have limits, follow no redirect and never show what they sent. */
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { openSource } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'
import { type Answers, platformOf, serve } from '../support/platform.ts'

const SECRET = 'request-secret'
let answer: Answers = (_, response) => response.end()
const asked: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[] = []
const address = await serve((request, response) => {
  asked.push({ path: request.url ?? '', headers: request.headers })
  answer(request, response)
})

const ask = (name: string, environment: Readonly<Record<string, string>>, signal?: AbortSignal) =>
  openSource(name, { platform: platformOf(environment) }).getSubjectToken({
    audience: 'https://sts.example.com',
    signal,
  })

const job = (url: string, secret = SECRET) => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: url,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
})

const json = (body: unknown, status = 200): Answers => {
  return (_, response) => response.writeHead(status).end(JSON.stringify(body))
}

test('adds the audience to the query of GitHub’s URL', async () => {
  answer = json({ value: 'a.b.c' })
  expect(await ask('github-actions', job(`${address}/x?api-version=2.0`))).toBe('a.b.c')
  const { path, headers } = asked.at(-1) ?? { path: '', headers: {} }
  expect(path).toBe('/x?api-version=2.0&audience=https%3A%2F%2Fsts.example.com')
  expect(headers.authorization).toBe(`bearer ${SECRET}`)
})

test('requests the token of the pipeline from Azure DevOps', async () => {
  answer = json({ oidcToken: 'a.b.c' })
  const environment = { SYSTEM_OIDCREQUESTURI: `${address}/oidc`, SYSTEM_ACCESSTOKEN: SECRET }
  expect(await ask('azure-devops', environment)).toBe('a.b.c')
  expect(asked.at(-1)?.path).toBe('/oidc?api-version=7.1')
})

test('requests the managed identity in AZURE_CLIENT_ID', async () => {
  answer = json({ access_token: 'a.b.c' })
  const environment = { AZURE_POD_IDENTITY_AUTHORITY_HOST: address, AZURE_CLIENT_ID: 'mine' }
  await ask('azure-managed-identity', environment)
  expect(asked.at(-1)?.path).toContain('&client_id=mine')
})

/** Waits until the condition is true. */
const late = (first: Answers, then: Answers): Answers => {
  let turn = 0
  return (request, response) => {
    turn += 1
    return turn === 1 ? first(request, response) : then(request, response)
  }
}

test('tries once more when the job’s secret is not yet valid', async () => {
  const before = asked.length
  answer = late(json({}, 401), json({ value: 'a.b.c' }))
  expect(await ask('github-actions', job(address))).toBe('a.b.c')
  expect(asked.length - before).toBe(2)
})

test('does not send a refused secret a third time', async () => {
  const before = asked.length
  answer = json({}, 401)
  const error = await failureOf(ask('github-actions', job(address)))
  expect([error.description, error.isTemporary]).toEqual([
    'github-actions: the platform answered 401',
    false,
  ])
  expect(asked.length - before).toBe(2)
})

test('reports the Retry-After of the platform', async () => {
  answer = (_, response) => response.writeHead(429, { 'retry-after': '7' }).end()
  const error = await failureOf(ask('github-actions', job(address)))
  expect([error.isTemporary, error.retryAfterSeconds]).toEqual([true, 7])
})

const redirect: Answers = (_, response) =>
  response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
const huge: Answers = (_, response) => response.end(`{"value":"${'x'.repeat(40_000)}"}`)

test.each<[string, Answers, string, boolean]>([
  [
    'a redirect',
    redirect,
    `the platform (${new URL(address).host}) answered with a redirect, which is not followed`,
    false,
  ],
  ['a body larger than a token', huge, 'the answer is larger than 32768 bytes', false],
  ['no token', json({ other: 'a.b.c' }), 'the answer has no value', false],
  [
    'a body that is not JSON',
    (_, response) => response.end('<html>'),
    'the answer has no value',
    false,
  ],
  ['an empty token', json({ value: '' }), 'returned no token', true],
  ['a blank token', json({ value: ' \n' }), 'returned no token', true],
  ['null as the token', json({ value: null }), 'returned no token', true],
  ['a number as the token', json({ value: 7 }), 'the answer has no value', false],
  ['an empty body', (_, response) => response.end(), 'answered 200 with an empty body', true],
  ['two words', json({ value: 'a b' }), 'returned text that is not one token', false],
  ['404', json({}, 404), 'the platform answered 404', false],
  ['408', json({}, 408), 'the platform answered 408', true],
  ['425', json({}, 425), 'the platform answered 425', true],
  ['403', json({}, 403), 'the platform answered 403', false],
  [
    '502 and an HTML page',
    (_, r) => r.writeHead(502).end('<html>'),
    'the platform answered 502',
    true,
  ],
  ['429', json({}, 429), 'the platform answered 429', true],
  ['500', json({}, 500), 'the platform answered 500', true],
])('reports a platform that answers with %s', async (_name, next, sentence, isTemporary) => {
  answer = next
  const error = await failureOf(ask('github-actions', job(address)))
  expect(error).toMatchObject({ code: 'source_unavailable', isTemporary, cause: undefined })
  expect(error.description).toMatch(/^github-actions: /)
  expect(error.description).toContain(sentence)
})

test.each([
  ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 404, true],
  ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 410, true],
  ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 429, true],
  ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 400, false],
  ['IDENTITY_ENDPOINT', 404, false],
])('Azure behind %s: whether %i is temporary is %s', async (variable, status, isTemporary) => {
  answer = json({}, status)
  const environment = { [variable]: address, IDENTITY_HEADER: 'x' }
  const error = await failureOf(ask('azure-managed-identity', environment))
  expect(error).toMatchObject({ isTemporary })
  expect(error.description).toContain(`the platform answered ${status}`)
})

test.each([
  ['not a URL', 'nowhere', 'ACTIONS_ID_TOKEN_REQUEST_URL is not a URL'],
  ['plain http to another machine', 'http://example.com/', 'must be https'],
  ['a host that only looks local', 'http://127.0.0.1.example.com/', 'must be https'],
  ['another scheme', 'file:///etc/passwd', 'must be https'],
])('refuses %s before it sends anything', async (_name, url, sentence) => {
  const before = asked.length
  const error = await failureOf(ask('github-actions', job(url)))
  expect([error.isTemporary, asked.length - before]).toEqual([false, 0])
  expect(error.description).toContain(sentence)
})

test('an error never contains the secret, not even one that no header can contain', async () => {
  const error = await failureOf(ask('github-actions', job(address, 'line\nbreak-secret')))
  expect(error.code).toBe('source_unavailable')
  expect(inspect(error, { depth: 9 })).not.toContain('break-secret')
  expect([error.description, error.isTemporary]).toEqual([
    "github-actions: the platform's own secret is not one line of text",
    false,
  ])
})

test('the caller’s signal ends a request with its reason', async () => {
  const caller = new AbortController()
  answer = () => caller.abort(new Error('the caller has gone'))
  await expect(ask('github-actions', job(address), caller.signal)).rejects.toThrow(
    'the caller has gone',
  )
})

test('refuses an answer without the header of Google’s metadata server', async () => {
  answer = (_, response) => response.end('a.b.c')
  const host = new URL(address).host
  const error = await failureOf(ask('google', { GCE_METADATA_HOST: host }))
  expect(error.description).toBe(`google: ${host} is not a metadata server`)
  const other = await failureOf(ask('google', { GCE_METADATA_HOST: 'a/b@c' }))
  expect(other.description).toBe('google: GCE_METADATA_HOST is not a host')
})
