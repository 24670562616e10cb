/** The tests with bound tokens that every framework entry point must pass, over real HTTP. */
import { beforeAll, describe, expect, test } from 'vitest'
import { createVerifier, type Verifier, type VerifierOptions } from '../../../src/verify/index.ts'
import { createNonces } from '../../../src/verify/proof/nonces.ts'
import { createProofHolder } from '../../support/dpop.ts'
import { proofClaims } from './bound.ts'
import { call, type DoorApp } from './door-call.ts'
import type { Gateway } from './gateway.ts'
import { AUDIENCE, mint, NOW, type Signer } from './tokens.ts'

export function describeBoundCalls(
  { issuer }: Gateway,
  signer: Signer,
  start: (verifier: Verifier) => Promise<DoorApp>,
  base: string,
): void {
  describe('with a bound token', async () => {
    const holder = await createProofHolder()
    let token = ''
    beforeAll(async () => {
      token = await mint(signer, issuer, { claims: { cnf: { jkt: holder.jkt } } })
    })
    const open = (options: Partial<VerifierOptions> = {}) =>
      createVerifier({ issuer, audience: AUDIENCE, now: () => NOW, ...options })

    /** The client uses the public URL of the API, and the app sees another host. */
    const headersFor = async (path: string, change: object = {}) => {
      const claims = proofClaims(token, { htu: `${AUDIENCE}${base}${path}`, ...change })
      return ['Authorization', `DPoP ${token}`, 'DPoP', await holder.prove(claims)]
    }

    async function withApp<T>(verifier: Verifier, use: (url: string) => Promise<T>): Promise<T> {
      const app = await start(verifier)
      try {
        return await use(app.url)
      } finally {
        await app.close()
      }
    }

    test('DP-19 DP-09 accepts a proof for the public URL, once', async () => {
      await withApp(open(), async (url) => {
        const headers = await headersFor('/read')
        expect((await call(url, '/read?page=2', headers)).status).toBe(200)
        const again = await call(url, '/read', headers)
        expect(again.status).toBe(401)
        expect(again.challenge).toContain('DPoP error="invalid_dpop_proof"')
      })
    })

    test('DP-06 DP-07 refuses a proof for another request', async () => {
      await withApp(open(), async (url) => {
        const [path, method] = [await headersFor('/admin'), await headersFor('/read')]
        expect((await call(url, '/read', path)).challenge).toContain('proof_htu')
        expect((await call(url, '/write', method, '{}')).challenge).toContain('invalid_dpop_proof')
        const host = await headersFor('/read', { htu: `${url}/read` })
        expect((await call(url, '/read', host)).challenge).toContain('proof_htu')
      })
    })

    test('DP-06 accepts a POST and leaves its body to the app', async () => {
      await withApp(open(), async (url) => {
        const headers = [
          ...(await headersFor('/write', { htm: 'POST' })),
          ...['Content-Type', 'application/json'],
        ]
        const answer = await call(url, '/write', headers, '{"version":7}')
        expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { version: 7 }])
      })
    })

    test('DP-01 refuses two proofs', async () => {
      await withApp(open(), async (url) => {
        const [one, other] = [await headersFor('/read'), await headersFor('/read')]
        const answer = await call(url, '/read', [...one, ...other.slice(2)])
        expect(answer.challenge).toContain('proof_form')
      })
    })

    test('DP-21 refuses the token as a bearer token', async () => {
      await withApp(open(), async (url) => {
        const answer = await call(url, '/read', ['Authorization', `Bearer ${token}`])
        expect(answer.challenge).toContain('DPoP error="invalid_token"')
      })
    })

    test('DP-15 DP-16 sends nonces in refusals, and in answers of the app', async () => {
      const secret = 'a secret of thirty-two characters'
      const verifier = open({ proofNonce: { secret } })
      await withApp(verifier, async (url) => {
        const first = await call(url, '/read', await headersFor('/read'))
        expect(first.challenge).toContain('use_dpop_nonce')
        const nonce = first.headers['dpop-nonce']
        const second = await call(url, '/read', await headersFor('/read', { nonce }))
        expect([second.status, second.headers['dpop-nonce']]).toEqual([200, undefined])
        const old = await createNonces({ secret, maxAgeSeconds: 300 }, AUDIENCE).make(NOW - 200)
        const third = await call(url, '/read', await headersFor('/read', { nonce: old }))
        expect(third.status).toBe(200)
        expect(third.headers['dpop-nonce']).toMatch(/^[\w-]{43,}$/)
        expect(JSON.parse(third.body)).toHaveProperty('subject')
      })
    })
  })
}
