/** A verifier, a caller with a bound token, and requests in which a test changes one thing. */
import { createHash } from 'node:crypto'
import { beforeAll } from 'vitest'
import {
  createVerifier,
  type TokenCarrier,
  type VerifierOptions,
} from '../../../src/verify/index.ts'
import { createProofHolder, type ProofHolder } from '../../support/dpop.ts'
import { startGateway } from './gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from './tokens.ts'

export const URL_OF_CALL = `${AUDIENCE}/deployments`

type Members = Readonly<Record<string, unknown>>

export type Call = {
  /** Claims of the proof that replace the right ones. `undefined` removes one. */
  readonly proof?: Members
  readonly scheme?: string
  readonly token?: string
  readonly method?: string
  readonly url?: string
  /** The header, instead of a proof. `null`: no header. */
  readonly dpop?: string | null | undefined
  readonly holder?: ProofHolder
  readonly source?: object | undefined
}

let count = 0

/** The claims of a right proof for a call. Each proof has a new `jti`. */
export function proofClaims(token: string, change: Members = {}): Members {
  count += 1
  const ath = createHash('sha256').update(token).digest('base64url')
  return { jti: `proof-${count}`, htm: 'GET', htu: URL_OF_CALL, iat: NOW, ath, ...change }
}

/** Starts a gateway and makes a caller for one test file. */
export async function openBound() {
  const gateway = await startGateway()
  const signer = await createSigner()
  const holder = await createProofHolder()
  const stranger = await createProofHolder()
  gateway.publishKeys([signer.publicJwk])
  let token = ''
  let plain = ''
  beforeAll(async () => {
    token = await mint(signer, gateway.issuer, { claims: { cnf: { jkt: holder.jkt } } })
    plain = await mint(signer, gateway.issuer)
  })

  return {
    gateway,
    holder,
    stranger,
    token: () => token,
    plain: () => plain,
    mint: (claims: Members) => mint(signer, gateway.issuer, { claims }),
    open: (options: Partial<VerifierOptions> = {}) =>
      createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW, ...options }),
    async request(call: Call = {}): Promise<TokenCarrier> {
      const { scheme = 'DPoP', url = URL_OF_CALL, method = 'GET', source } = call
      const sent = call.token ?? token
      const dpop =
        call.dpop === undefined
          ? await (call.holder ?? holder).prove(proofClaims(sent, call.proof))
          : call.dpop
      const headers = new Headers({ authorization: `${scheme} ${sent}` })
      if (dpop !== null) headers.set('dpop', dpop)
      return { url, method, headers, source }
    },
  }
}
