/** Which requests with a bound token are accepted: scheme, proof, key and URL. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { VerifierOptions } from '../../../src/verify/index.ts'
import { type Call, openBound, URL_OF_CALL } from '../support/bound.ts'
import { refusalOf } from '../support/refusal.ts'
import { NOW } from '../support/tokens.ts'

const bound = await openBound()

async function judge(call: Call = {}, options: Partial<VerifierOptions> = {}) {
  return refusalOf(bound.open(options).verifyRequest(await bound.request(call)))
}

test('DP-19 DP-20 accepts a bound token with its proof', async () => {
  expect(await judge()).toBe('accepted')
})

test('accepts the scheme in any case, and a query that the proof does not have', async () => {
  expect(await judge({ scheme: 'dpop' })).toBe('accepted')
  expect(await judge({ url: `${URL_OF_CALL}?page=2` })).toBe('accepted')
})

test('still accepts a token without a binding as a bearer token', async () => {
  expect(await judge({ scheme: 'Bearer', token: bound.plain(), dpop: null })).toBe('accepted')
})

test('DP-20 compares the proof with a URL that is only a path', async () => {
  const { method, url, headers } = await bound.request()
  const { pathname } = new URL(url)
  const verify = (path: string) =>
    refusalOf(bound.open().verifyRequest({ method, url: path, headers }))
  expect(await verify(`/elsewhere${pathname}`)).toBe('401 invalid_dpop_proof: proof_htu')
  expect(await verify(pathname)).toBe('accepted')
})

describe('the scheme', () => {
  test('DP-21 PR-13 refuses a bound token as a bearer token, with and without its proof', async () => {
    expect(await judge({ scheme: 'Bearer' })).toBe('401 invalid_token: token_bound')
    expect(await judge({ scheme: 'Bearer', dpop: null })).toBe('401 invalid_token: token_bound')
  })

  test('DPOP-04 refuses a token without a binding under the scheme DPoP', async () => {
    expect(await judge({ token: bound.plain() })).toBe('401 invalid_token: token_not_bound')
  })

  test('DPOP-04 refuses a token without a binding where one is required', async () => {
    const call = { scheme: 'Bearer', token: bound.plain(), dpop: null }
    const options = { proofOfPossession: 'required' } as const
    expect(await judge(call, options)).toBe('401 invalid_token: token_not_bound')
    expect(await judge({}, options)).toBe('accepted')
  })

  test.each(['DPoP', 'DPoP a b', 'DPoP a,b', 'DPoP\tabc'])(
    'PR-08 refuses the header %j as malformed',
    async (authorization) => {
      const headers = new Headers({ authorization })
      const request = { url: URL_OF_CALL, method: 'GET', headers }
      expect(await refusalOf(bound.open().verifyRequest(request))).toBe(
        '400 invalid_request: authorization_malformed',
      )
    },
  )

  test('reads another scheme that begins with DPoP as no token', async () => {
    const headers = new Headers({ authorization: `DPoP-v2 ${bound.token()}` })
    const request = { url: URL_OF_CALL, method: 'GET', headers }
    expect(await refusalOf(bound.open().verifyRequest(request))).toBe(
      '401 token_missing: scheme_unsupported',
    )
  })

  test('PR-08 refuses a token in header and query', async () => {
    const url = `${URL_OF_CALL}?access_token=x`
    expect(await judge({ url })).toBe('400 invalid_request: token_sent_twice')
  })
})

describe('the proof', () => {
  test.each<readonly [string, Call, string]>([
    ['none', { dpop: null }, 'proof_missing'],
    ['text that is no proof', { dpop: 'a.b.c' }, 'proof_form'],
    ['DP-06 another method', { method: 'POST' }, 'proof_htm'],
    ['DP-06 a method in lower case', { proof: { htm: 'get' } }, 'proof_htm'],
    ['DP-07 another path', { url: 'https://api.acme.dev/admin' }, 'proof_htu'],
    ['DP-07 another host', { proof: { htu: 'https://evil.example/deployments' } }, 'proof_htu'],
    ['DP-07 http', { proof: { htu: URL_OF_CALL.replace('https', 'http') } }, 'proof_htu'],
    ['DP-08 an old proof', { proof: { iat: NOW - 61 } }, 'proof_iat'],
    ['DP-08 a proof of the future', { proof: { iat: NOW + 61 } }, 'proof_iat'],
    ['DP-19 no hash of the token', { proof: { ath: undefined } }, 'proof_ath'],
    ['DP-19 the hash of another token', { proof: { ath: 'A'.repeat(43) } }, 'proof_ath'],
  ])('refuses %s', async (_, call, reason) => {
    expect(await judge(call)).toBe(`401 invalid_dpop_proof: ${reason}`)
  })

  test('DP-20 refuses a proof of another key', async () => {
    expect(await judge({ holder: bound.stranger })).toBe('401 invalid_dpop_proof: proof_jkt')
  })

  test('DP-01 refuses two proofs', async () => {
    const request = await bound.request()
    const headers = new Headers({ authorization: `DPoP ${bound.token()}` })
    headers.append('dpop', request.headers.get('dpop') ?? '')
    headers.append('dpop', request.headers.get('dpop') ?? '')
    const twice = { url: URL_OF_CALL, method: 'GET', headers }
    expect(await refusalOf(bound.open().verifyRequest(twice))).toBe(
      '401 invalid_dpop_proof: proof_form',
    )
  })

  test('tells the caller which check failed, and nothing about the token', async () => {
    const request = await bound.request({ method: 'POST' })
    const error: unknown = await bound
      .open()
      .verifyRequest(request)
      .catch((thrown) => thrown)
    expect((error as Error).message).toBe('the proof of possession was not accepted: proof_htm')
  })
})

describe('the URL of the API', () => {
  const htu = 'https://public.example/v1/deployments'

  test('DPOP-03 is that of the options, never the Host header', async () => {
    const call = { url: 'http://10.0.0.7:8080/deployments', proof: { htu } }
    const publicUrl = 'https://public.example/v1'
    expect(await judge(call, { publicUrl })).toBe('accepted')
    expect(await judge(call, { publicUrl: `${publicUrl}/` })).toBe('accepted')
    const own = { ...call, proof: { htu: call.url } }
    expect(await judge(own, { publicUrl })).toBe('401 invalid_dpop_proof: proof_htu')
  })

  test('DP-07 has two spellings at the path that a proxy removes', async () => {
    const publicUrl = 'https://public.example/v1'
    const ask = (url: string, sent: string) =>
      judge({ url: `https://internal.example${url}`, proof: { htu: sent } }, { publicUrl })
    for (const sent of [publicUrl, `${publicUrl}/`]) expect(await ask('/', sent)).toBe('accepted')
    const refused = '401 invalid_dpop_proof: proof_htu'
    expect(await ask('/', 'https://public.example/')).toBe(refused)
    expect(await ask('/', `${publicUrl}/a`)).toBe(refused)
    expect(await ask('/a', publicUrl)).toBe(refused)
    expect(await ask('/a/', `${publicUrl}/a`)).toBe(refused)
  })

  test('can be one of several', async () => {
    const publicUrl = ['https://other.example', 'https://public.example/v1']
    expect(await judge({ proof: { htu } }, { publicUrl })).toBe('accepted')
    const old = { proof: { htu, iat: NOW - 100 } }
    for (const list of [publicUrl, publicUrl.toReversed()]) {
      expect(await judge(old, { publicUrl: list })).toBe('401 invalid_dpop_proof: proof_iat')
    }
  })

  test('is unknown if the audience is no URL, and bound tokens are then refused', async () => {
    const token = await bound.mint({ aud: 'deploy-api', cnf: { jkt: bound.holder.jkt } })
    const options = { audience: 'deploy-api' }
    expect(await judge({ token }, options)).toBe('401 invalid_token: token_bound')
    const publicUrl = 'https://api.acme.dev'
    expect(await judge({ token }, { ...options, publicUrl })).toBe('accepted')
  })
})

describe('a token without its request', () => {
  test('PR-13 is refused if it is bound', async () => {
    expect(await refusalOf(bound.open().verify(bound.token()))).toBe(
      '401 invalid_token: token_bound',
    )
    expect(await refusalOf(bound.open().verify(bound.plain()))).toBe('accepted')
  })

  test('is refused where a binding is required', async () => {
    const verifier = bound.open({ proofOfPossession: 'required' })
    expect(await refusalOf(verifier.verify(bound.plain()))).toBe(
      '401 invalid_token: token_not_bound',
    )
  })

  test('and a request without a method is refused too', async () => {
    const { headers, url } = await bound.request()
    expect(await refusalOf(bound.open().verifyRequest({ headers, url }))).toBe(
      '401 invalid_dpop_proof: proof_htm',
    )
  })
})

describe('the claim cnf', () => {
  const kinds: readonly unknown[] = [
    {},
    null,
    [],
    'x',
    { jkt: '' },
    { jkt: 7 },
    { jwk: { kty: 'EC' } },
    { kid: 'key' },
  ]
  let tokens: readonly string[]
  beforeAll(async () => {
    const all = [...kinds, { jkt: bound.holder.jkt, kid: 'key' }]
    tokens = await Promise.all(all.map((cnf) => bound.mint({ cnf })))
  })

  test('PR-13 is refused in every form that this verifier cannot check', async () => {
    for (const token of tokens) {
      for (const scheme of ['DPoP', 'Bearer']) {
        expect(await judge({ token, scheme })).toBe('401 invalid_token: token_bound')
      }
    }
  })
})
