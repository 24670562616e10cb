/** Requests to an API with a bound token: headers, proofs, nonces and repeated requests. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from 'vitest'
import type { TokenSourceOptions } from '../../../src/client/index.ts'
import { GRANTED, startGateway } from '../support/gateway.ts'
import { serve } from '../support/platform.ts'
import { hashOf, readProof } from '../support/proofs.ts'
import { openTokens } from '../support/tokens.ts'

type Received = {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly dpop: string | undefined
  readonly body: string
}

const gateway = await startGateway()
const received: Received[] = []
let answer: (response: ServerResponse, count: number, request: IncomingMessage) => void
const api = await serve(async (request, response) => {
  const { method = '', url = '', headers } = request
  const dpop = headers.dpop === undefined ? undefined : String(headers.dpop)
  const { authorization } = headers
  received.push({ method, path: url, authorization, dpop, body: await text(request) })
  answer(response, received.length, request)
})
const TOKEN = GRANTED.access_token

beforeEach(() => {
  received.length = 0
  answer = (response) => response.end('done')
})

function open(options: Partial<TokenSourceOptions> = { bind: 'dpop' }) {
  gateway.answerJson(200, { ...GRANTED, token_type: options.bind === 'dpop' ? 'DPoP' : 'Bearer' })
  return openTokens(gateway.url, options)
}

const CHALLENGE = 'DPoP error="use_dpop_nonce", algs="ES256"'

/** Refuses every request without the nonce. */
function demandNonce(nonce: string, challenge = CHALLENGE): void {
  answer = async (response) => {
    const { claims } = await readProof(received.at(-1)?.dpop)
    if (claims.nonce === nonce) response.end('done')
    else response.writeHead(401, { 'dpop-nonce': nonce, 'www-authenticate': challenge }).end('no')
  }
}

const nonces = async () =>
  Promise.all(received.map(async ({ dpop }) => (await readProof(dpop)).claims.nonce))

test('DP-19 sends the token and a proof for this request', async () => {
  const response = await open().fetch(`${api}/deployments?page=2#top`)
  expect(await response.text()).toBe('done')
  expect(received[0]?.authorization).toBe(`DPoP ${TOKEN}`)
  const { claims } = await readProof(received[0]?.dpop)
  expect(claims).toMatchObject({ htm: 'GET', htu: `${api}/deployments`, ath: hashOf(TOKEN) })
  expect(claims).not.toHaveProperty('nonce')
})

test('sends a new proof with each request, of the key of the exchange', async () => {
  const tokens = open()
  await tokens.fetch(api)
  await tokens.fetch(api, { method: 'post', body: 'x' })
  const proofs = await Promise.all(received.map(({ dpop }) => readProof(dpop)))
  const exchanged = await readProof(gateway.asked[0]?.dpop)
  expect(proofs.map(({ jkt }) => jkt)).toEqual([exchanged.jkt, exchanged.jkt])
  expect(proofs.map(({ claims }) => claims.htm)).toEqual(['GET', 'POST'])
  expect(new Set(proofs.map(({ claims }) => claims.jti)).size).toBe(2)
})

test('keeps headers and body of the caller, and replaces its credentials', async () => {
  const headers = { authorization: 'Basic x', dpop: 'old', 'content-type': 'text/plain' }
  await open().fetch(new URL(`${api}/a`), { method: 'PUT', body: 'text', headers })
  expect(received[0]).toMatchObject({ method: 'PUT', path: '/a', body: 'text' })
  expect(received[0]?.authorization).toBe(`DPoP ${TOKEN}`)
  await expect(readProof(received[0]?.dpop)).resolves.toBeDefined()
})

test('sends a bearer token without bind', async () => {
  await open({}).fetch(api)
  expect(received[0]).toMatchObject({ authorization: `Bearer ${TOKEN}`, dpop: undefined })
})

describe('a nonce of the API', () => {
  test('DP-15 is used in one repeated request, and remembered', async () => {
    demandNonce('nonce-1')
    const tokens = open()
    expect((await tokens.fetch(api)).status).toBe(200)
    expect((await tokens.fetch(api)).status).toBe(200)
    expect(await nonces()).toEqual([undefined, 'nonce-1', 'nonce-1'])
  })

  test('DP-16 of a successful answer is used in the next request', async () => {
    answer = (response) => response.writeHead(200, { 'dpop-nonce': 'next' }).end()
    const tokens = open()
    await tokens.fetch(api)
    await tokens.fetch(api)
    expect(await nonces()).toEqual([undefined, 'next'])
  })

  test('is tried once', async () => {
    answer = (response, count) => {
      response.writeHead(401, { 'dpop-nonce': `n-${count}`, 'www-authenticate': CHALLENGE }).end()
    }
    expect((await open().fetch(api)).status).toBe(401)
    expect(received.length).toBe(2)
  })

  test.each([
    ['another error', 'DPoP error="invalid_dpop_proof", algs="ES256"'],
    ['another scheme', 'Bearer error="use_dpop_nonce"'],
    ['no challenge', ''],
  ])('does not repeat a request for %s', async (_, challenge) => {
    demandNonce('nonce-1', challenge)
    expect((await open().fetch(api)).status).toBe(401)
    expect(received.length).toBe(1)
  })

  test('DP-23 is not that of the gateway at the same host', async () => {
    gateway.answerJson(200, { ...GRANTED, token_type: 'DPoP' }, { 'dpop-nonce': 'of-gateway' })
    const tokens = openTokens(gateway.url, { bind: 'dpop' })
    await tokens.fetch(`${gateway.url}/api`)
    expect((await readProof(gateway.asked[1]?.dpop)).claims.nonce).toBeUndefined()
  })
})

describe('a body', () => {
  const stream = () => new Blob(['text']).stream()
  const bodies: readonly (readonly [string, () => BodyInit])[] = [
    ['text', () => 'text'],
    ['bytes', () => new TextEncoder().encode('text')],
    ['a buffer', () => new TextEncoder().encode('text').buffer],
    ['a blob', () => new Blob(['text'])],
    ['a form', () => new URLSearchParams({ a: 'b' })],
  ]
  test.each(bodies)('of %s is sent again', async (_, body) => {
    demandNonce('nonce-1')
    expect((await open().fetch(api, { method: 'POST', body: body() })).status).toBe(200)
    expect(received.length).toBe(2)
    expect(received[1]?.body).toBe(received[0]?.body)
    expect(received[1]?.body).not.toBe('')
  })

  test('of a stream is sent once, and the next request has the nonce', async () => {
    demandNonce('nonce-1')
    const tokens = open()
    const init = () => ({ method: 'POST', body: stream(), duplex: 'half' }) as RequestInit
    const first = await tokens.fetch(api, init()).catch(() => undefined)
    expect(first?.status).toBe(401)
    expect(received.length).toBe(1)
    expect((await tokens.fetch(api, init())).status).toBe(200)
  })

  test('of a Request is sent once', async () => {
    demandNonce('nonce-1')
    const request = new Request(api, { method: 'POST', body: 'text' })
    expect((await open().fetch(request)).status).toBe(401)
    expect(received.map(({ body }) => body)).toEqual(['text'])
  })

  test('of no Request: it is sent again', async () => {
    demandNonce('nonce-1')
    expect((await open().fetch(new Request(api))).status).toBe(200)
  })
})

test('follows no redirect, so that no other server gets the token', async () => {
  answer = (response, count) => {
    if (count > 1) response.end('followed')
    else response.writeHead(302, { location: `${api}/other` }).end()
  }
  const response = await open().fetch(new Request(api, { redirect: 'follow' }))
  expect([response.status, received.length]).toEqual([302, 1])
})

test.each(['http://api.example.com/', 'ftp://api.example.com/', '/relative'])(
  'sends no token to %s',
  async (url) => {
    await expect(open().authorize({ method: 'GET', url })).rejects.toThrow(/^url must be/)
    expect(gateway.asked.length).toBe(0)
  },
)

describe('authorize', () => {
  test('returns the headers for another HTTP client', async () => {
    const tokens = open()
    const headers = await tokens.authorize({ method: 'DELETE', url: `${api}/7` })
    expect(headers.authorization).toBe(`DPoP ${TOKEN}`)
    expect((await readProof(headers.dpop)).claims).toMatchObject({ htm: 'DELETE', htu: `${api}/7` })
  })

  test('uses the nonce that shouldRepeat has read', async () => {
    const tokens = open()
    const request = { method: 'GET', url: api }
    const headers = new Headers({ 'dpop-nonce': 'n', 'www-authenticate': CHALLENGE })
    expect(tokens.shouldRepeat(request, { status: 401, headers })).toBe(true)
    expect(tokens.shouldRepeat(request, { status: 401, headers })).toBe(false)
    const { dpop } = await tokens.authorize(request)
    expect((await readProof(dpop)).claims.nonce).toBe('n')
  })

  test('ends with the signal of its caller', async () => {
    const signal = AbortSignal.abort(new Error('stopped'))
    const request = { method: 'GET', url: api }
    await expect(open().authorize(request, { signal })).rejects.toThrow('stopped')
    await expect(open().fetch(api, { signal })).rejects.toThrow('stopped')
  })
})

test('authorize makes a proof for the method as it is sent, whatever its spelling', async () => {
  const { dpop } = await open().authorize({ method: 'get', url: `${api}/deployments` })
  expect((await readProof(dpop)).claims.htm).toBe('GET')
})

test('authorize throws TypeError for a bound token without a method', async () => {
  const request = { url: `${api}/deployments` }
  await expect(open().authorize(request as never)).rejects.toThrow('method must be')
})

test('a Request that forbids redirects fails at a redirect', async () => {
  answer = (response) => response.writeHead(307, { location: '/other' }).end()
  const request = new Request(`${api}/deployments`, { redirect: 'error' })
  await expect(open({}).fetch(request)).rejects.toThrow(TypeError)
  expect(received).toHaveLength(1)
})
