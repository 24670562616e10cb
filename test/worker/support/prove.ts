/** DPoP proofs for the gateway of the tests, and bound tokens. */
import { expect } from 'vitest'
import { makeDpopProof } from '../../../src/protocol/dpop/make-proof.ts'
import { generateSigningPair, type SigningPair } from '../../../src/web/signature.ts'
import { GATEWAY, post, readJson } from './gateway.ts'

type Proof = { method?: string; accessToken?: string; nonce?: string }

export type Holder = SigningPair & {
  /** A proof for a path of the gateway. */
  readonly prove: (path: string, proof?: Proof) => Promise<string>
  /** The token of an exchange with a proof. */
  readonly bind: (form: Readonly<Record<string, string>>) => Promise<string>
}

export async function createHolder(algorithm = 'ES256'): Promise<Holder> {
  const pair = await generateSigningPair(algorithm)
  const prove = (path: string, { method = 'POST', ...more }: Proof = {}) =>
    makeDpopProof(pair, {
      method,
      url: `${GATEWAY}${path}`,
      now: Math.floor(Date.now() / 1000),
      jti: crypto.randomUUID(),
      ...more,
    })
  return {
    ...pair,
    prove,
    async bind(form) {
      const response = await post('/token', form, { dpop: await prove('/token') })
      const body = await readJson(response)
      expect(body).toMatchObject({ token_type: 'DPoP' })
      return String(body.access_token)
    },
  }
}
