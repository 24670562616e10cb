/** Where a request may contain its token, and the refusals of every other place (RFC 6750 §2). */
import { expect, test } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import { startGateway } from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])
const token = await mint(signer, gateway.issuer)
const verifier = createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW })

function outcomeOf(authorization: string | undefined, query = ''): Promise<string> {
  const headers = authorization === undefined ? {} : { authorization }
  const request = new Request(`https://api.acme.dev/deployments${query}`, { headers })
  return refusalOf(verifier.verifyRequest(request))
}

test.each([`Bearer ${token}`, `bearer ${token}`, `BEARER ${token}`, `Bearer   ${token}`])(
  'PR-07 takes the token from the authorization header, whatever the case of its scheme',
  async (header) => {
    expect(await outcomeOf(header)).toBe('accepted')
  },
)

const WITHOUT_TOKEN: readonly (readonly [string, string | undefined, string, string])[] = [
  ['no header', undefined, '', 'authorization_missing'],
  ['a token in the query only', undefined, `?access_token=${token}`, 'authorization_missing'],
  ['another scheme', 'Basic dXNlcjpwYXNz', '', 'scheme_unsupported'],
  ['a token without a scheme', token, '', 'scheme_unsupported'],
  ['an empty header', '', '', 'scheme_unsupported'],
]

test.each(WITHOUT_TOKEN)('PR-09 finds no credentials in %s', async (_, header, query, reason) => {
  expect(await outcomeOf(header, query)).toBe(`401 token_missing: ${reason}`)
})

const MALFORMED: readonly (readonly [string, string, string, string])[] = [
  ['header and query', `Bearer ${token}`, `?access_token=${token}`, 'token_sent_twice'],
  ['header and an empty query', `Bearer ${token}`, '?a=1&access_token=', 'token_sent_twice'],
  ['a scheme without a token', 'Bearer', '', 'authorization_malformed'],
  ['two tokens', `Bearer ${token} ${token}`, '', 'authorization_malformed'],
  ['a quoted token', `Bearer "${token}"`, '', 'authorization_malformed'],
  ['a parameter', `Bearer ${token}, realm="x"`, '', 'authorization_malformed'],
]

test.each(MALFORMED)('PR-08 refuses as a bad request: %s', async (_, header, query, reason) => {
  expect(await outcomeOf(header, query)).toBe(`400 invalid_request: ${reason}`)
})

test('PR-08 refuses a repeated authorization header', async () => {
  const headers = new Headers()
  headers.append('authorization', `Bearer ${token}`)
  headers.append('authorization', `Bearer ${token}`)
  const request = new Request('https://api.acme.dev/', { headers })
  expect(await refusalOf(verifier.verifyRequest(request))).toBe(
    '400 invalid_request: authorization_malformed',
  )
})

test('PR-07 does not read the body, even when it contains a token', async () => {
  const request = new Request('https://api.acme.dev/', {
    method: 'POST',
    body: new URLSearchParams({ access_token: token }),
  })
  expect(await refusalOf(verifier.verifyRequest(request))).toBe(
    '401 token_missing: authorization_missing',
  )
  expect(request.bodyUsed).toBe(false)
})

/** As frameworks of Node name the URL of a request. */
function sendTo(url: string) {
  const headers = new Headers({ authorization: `Bearer ${token}` })
  return refusalOf(verifier.verifyRequest({ method: 'GET', url, headers }))
}

test.each(['/deployments?a=1', '//deployments', '/', '/%zz', 'http://a/*'])(
  'accepts a request whose URL is %j',
  async (url) => {
    expect(await sendTo(url)).toBe('accepted')
  },
)

test.each(['/deployments?access_token=1', '//deployments?access_token=1'])(
  'PR-08 finds a second token in the path %j',
  async (url) => {
    expect(await sendTo(url)).toBe('400 invalid_request: token_sent_twice')
  },
)

test.each(['http://a b/deployments', 'http://[::1/', 'http://a:99999/', '*', ''])(
  'refuses a request whose URL is %j, because the client chose its host',
  async (url) => {
    expect(await sendTo(url)).toBe('400 invalid_request: url_malformed')
  },
)
