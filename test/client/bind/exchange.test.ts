/** The exchange of a token that is bound to a key: proof, nonce, and the type of the answer. */
import { describe, expect, test } from 'vitest'
import { createProofKey, exchange } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'
import { GRANTED, startGateway } from '../support/gateway.ts'
import { readProof } from '../support/proofs.ts'
import { openTokens } from '../support/tokens.ts'

const gateway = await startGateway()
const BOUND = { ...GRANTED, token_type: 'DPoP' }
const request = {
  url: gateway.url,
  subjectToken: 'subject.token',
  resource: 'https://api.example.com',
}

/** Asks for each nonce in turn, then grants. */
function askForNonces(...nonces: readonly string[]): void {
  const left = [...nonces]
  gateway.answer((response) => {
    const nonce = left.shift()
    const status = nonce === undefined ? 200 : 400
    const headers = nonce === undefined ? {} : { 'dpop-nonce': nonce }
    const refusal = { error: 'use_dpop_nonce', error_description: 'a nonce is needed' }
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(nonce === undefined ? BOUND : refusal))
  })
}

test('sends a proof for the token endpoint, of the key', async () => {
  gateway.answerJson(200, BOUND)
  const proofKey = createProofKey()
  expect(await exchange({ ...request, proofKey })).toMatchObject({
    accessToken: GRANTED.access_token,
    tokenType: 'DPoP',
  })
  const { jkt, claims } = await readProof(gateway.asked[0]?.dpop)
  expect(jkt).toBe(await proofKey.thumbprint())
  expect(claims).toEqual({
    jti: expect.stringMatching(/^[\w-]{36}$/),
    htm: 'POST',
    htu: `${gateway.url}/token`,
    iat: expect.closeTo(Date.now() / 1000, -2),
  })
})

test('sends no proof without a key', async () => {
  gateway.answerJson(200, GRANTED)
  await exchange(request)
  expect(gateway.asked.map(({ dpop }) => dpop)).toEqual([undefined])
})

describe('a nonce', () => {
  test('DP-15 is used in a second request, with a new proof and the same subject token', async () => {
    askForNonces('nonce-1')
    await exchange({ ...request, proofKey: createProofKey() })
    const [first, second] = await Promise.all(gateway.asked.map(({ dpop }) => readProof(dpop)))
    expect([first?.claims.nonce, second?.claims.nonce]).toEqual([undefined, 'nonce-1'])
    expect(first?.claims.jti).not.toBe(second?.claims.jti)
    const subjects = gateway.asked.map(({ form }) => form.get('subject_token'))
    expect(subjects).toEqual(['subject.token', 'subject.token'])
  })

  test('is remembered for the next exchange with the key', async () => {
    askForNonces('nonce-1')
    const proofKey = createProofKey()
    await exchange({ ...request, proofKey })
    await exchange({ ...request, proofKey })
    expect((await readProof(gateway.asked[2]?.dpop)).claims.nonce).toBe('nonce-1')
  })

  test('DP-16 of a successful answer replaces the old one', async () => {
    gateway.answerJson(200, BOUND, { 'dpop-nonce': 'nonce-2' })
    const proofKey = createProofKey()
    await exchange({ ...request, proofKey })
    await exchange({ ...request, proofKey })
    expect((await readProof(gateway.asked[1]?.dpop)).claims.nonce).toBe('nonce-2')
  })

  test('is tried once: a second refusal is thrown', async () => {
    askForNonces('nonce-1', 'nonce-2', 'nonce-3')
    const failure = await failureOf(exchange({ ...request, proofKey: createProofKey() }))
    expect([failure.code, failure.status]).toEqual(['use_dpop_nonce', 400])
    expect(gateway.asked.length).toBe(2)
  })

  test.each(['', 'with space', 'quote"', 'x'.repeat(257), 'a, b'])('is not %j', async (nonce) => {
    askForNonces(nonce)
    await failureOf(exchange({ ...request, proofKey: createProofKey() }))
    expect(gateway.asked.length).toBe(1)
  })
})

describe('the type of the token', () => {
  test('DPOP-04 refuses a bearer token when a bound one was requested', async () => {
    gateway.answerJson(200, GRANTED)
    const failure = await failureOf(exchange({ ...request, proofKey: createProofKey() }))
    expect(failure).toMatchObject({ code: 'invalid_response', isTemporary: false })
    expect(failure.description).toContain('not bound to the key')
  })

  test('refuses a bound token when no key was given', async () => {
    gateway.answerJson(200, BOUND)
    const failure = await failureOf(exchange(request))
    expect(failure.description).toContain('bound to a key')
  })

  test('is read in any case', async () => {
    gateway.answerJson(200, { ...BOUND, token_type: 'dpop' })
    await expect(exchange({ ...request, proofKey: createProofKey() })).resolves.toBeDefined()
  })
})

describe('a token source with bind', () => {
  test('keeps one key for all renewals', async () => {
    gateway.answerJson(200, { ...BOUND, expires_in: 10 })
    const tokens = openTokens(gateway.url, { bind: 'dpop' })
    await tokens.getToken()
    tokens.clock.now += 11
    await tokens.getToken()
    const keys = await Promise.all(
      gateway.asked.map(async ({ dpop }) => (await readProof(dpop)).jkt),
    )
    expect(keys.length).toBe(2)
    expect(new Set(keys).size).toBe(1)
  })

  test('has a key of its own', async () => {
    gateway.answerJson(200, BOUND)
    await openTokens(gateway.url, { bind: 'dpop' }).getToken()
    await openTokens(gateway.url, { bind: 'dpop' }).getToken()
    const keys = await Promise.all(
      gateway.asked.map(async ({ dpop }) => (await readProof(dpop)).jkt),
    )
    expect(new Set(keys).size).toBe(2)
  })

  test('uses one proof for each try', async () => {
    let count = 0
    gateway.answer((response) => {
      count += 1
      response.writeHead(count === 1 ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(count === 1 ? { error: 'temporarily_unavailable' } : BOUND))
    })
    await openTokens(gateway.url, { bind: 'dpop' }).getToken()
    const ids = await Promise.all(
      gateway.asked.map(async ({ dpop }) => (await readProof(dpop)).claims.jti),
    )
    expect(new Set(ids).size).toBe(2)
  })

  test.each([
    [{ bind: 'mtls' }, 'bind must be "dpop" or "none"'],
    [{ bind: 'none', proofKey: createProofKey() }, 'proofKey cannot be used with bind: "none"'],
  ])('refuses the options %j', (options, message) => {
    expect(() => openTokens(gateway.url, options as object)).toThrow(message)
  })
})

test('DPOP-01 the private key cannot be exported and is in no proof', async () => {
  const generate = crypto.subtle.generateKey
  const made: CryptoKeyPair[] = []
  crypto.subtle.generateKey = (async (...parameters: Parameters<typeof generate>) => {
    const pair = (await generate.apply(crypto.subtle, parameters)) as CryptoKeyPair
    made.push(pair)
    return pair
  }) as typeof generate
  try {
    const proof = await createProofKey().prove({ method: 'GET', url: 'https://api.example.com/' })
    const [header = ''] = proof.split('.')
    expect(JSON.parse(atob(header)).jwk).not.toHaveProperty('d')
  } finally {
    crypto.subtle.generateKey = generate
  }
  expect(made.map(({ privateKey }) => privateKey.extractable)).toEqual([false])
})

test('concurrent first proofs are of one key', async () => {
  const proofKey = createProofKey()
  const url = 'https://api.example.com/'
  const proofs = Array.from({ length: 5 }, () => proofKey.prove({ method: 'GET', url }))
  const keys = (await Promise.all((await Promise.all(proofs)).map(readProof))).map(({ jkt }) => jkt)
  expect(new Set(keys).size).toBe(1)
})
