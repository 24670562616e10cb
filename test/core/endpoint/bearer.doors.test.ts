/** The endpoints of the core and the verifier read an Authorization header in the same way. */

import { beforeAll, describe, expect, it } from 'vitest'
import { forwardAuth } from '../../../src/core/endpoint/forward/forward-auth.ts'
import { introspect, type LifecycleInput } from '../../../src/core/endpoint/introspect.ts'
import { revoke } from '../../../src/core/endpoint/revoke.ts'
import type { CallerToken } from '../../../src/core/evidence/proof/check-caller.ts'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { readPresentedToken } from '../../../src/verify/authorization.ts'
import { VerificationError } from '../../../src/verify/verification-error.ts'
import { API, AT, GATEWAY, makeRing, NO_ASSERTIONS, signOwn } from '../../support/own-tokens.ts'
import { NO_COARSE } from '../../support/revocable-token.ts'

let ring: KeyRing
let token: string

beforeAll(async () => {
  ring = await makeRing('ES256')
  token = await signOwn(ring)
})

/** `TOKEN` is replaced by the token. */
const READ = [
  'Bearer TOKEN',
  'bearer TOKEN',
  'BEARER TOKEN',
  'Bearer  TOKEN',
  'Bearer     TOKEN',
  ' Bearer TOKEN',
  'Bearer TOKEN ',
  'Bearer TOKEN\t',
]
const MALFORMED = [
  'Bearer',
  'Bearer ',
  'Bearer\tTOKEN',
  'Bearer \tTOKEN',
  'Bearer,TOKEN',
  'Bearer TOKEN,',
  'Bearer TOKEN TOKEN',
  'Bearer TOKEN, Bearer TOKEN',
  'Bearer "TOKEN"',
  'Bearer token="TOKEN"',
]
const OTHER = ['Basic TOKEN', 'BearerX TOKEN', 'TOKEN', 'DPoPX TOKEN', 'Basic x, Bearer TOKEN', '']

function verifierReads(authorization: string): string {
  try {
    const headers = { get: () => authorization }
    const request = { url: 'http://localhost/', headers }
    return readPresentedToken(request).token === token ? 'read' : 'misread'
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return error.code === 'token_missing' ? 'other' : 'malformed'
  }
}

async function forwardAuthReads(authorization: string): Promise<string> {
  const outcome = await forwardAuth(
    {
      path: '/verify',
      query: new URLSearchParams({ resource: API }).toString(),
      header: (name) => (name === 'authorization' ? authorization : undefined),
    },
    { gatewayIssuer: GATEWAY, maxTokenLifetimeSeconds: 3600 },
    {
      clock: () => AT,
      keyRing: ring,
      loadTrust: () => {
        const none = { issuers: new Map(), resources: new Map(), targets: new Map(), rules: [] }
        return { revision: 1, document: none, problems: [], policy: none, keys: new Map() }
      },
      loadRevocations: async () => ({ isRevoked: () => false, ...NO_COARSE }),
      verifySignature: async () => false,
      claimProof: () => 'known',
    },
  )
  if (outcome.allowed) return 'misread'
  // Only the holder of a valid token gets an answer about resources.
  if (outcome.reason === 'resource_unknown') return 'read'
  return outcome.reason === 'token_missing' ? 'other' : 'malformed'
}

async function lifecycleReads(authorization: string): Promise<readonly string[]> {
  const input: LifecycleInput = {
    authorization,
    contentType: 'application/x-www-form-urlencoded',
    text: new URLSearchParams({ token }).toString(),
    isTooLarge: false,
  }
  const ports = {
    gatewayIssuer: GATEWAY,
    keyRing: ring,
    clock: () => AT,
    isRevoked: async () => false,
    proveCaller: async (_: object, { scheme }: CallerToken) => scheme === 'Bearer',
    revokeToken: async () => ({ revokedAt: AT, expiresAt: AT }),
    assertions: NO_ASSERTIONS,
  }
  const outcomes = [await introspect(input, ports), await revoke(input, ports)]
  return outcomes.map((outcome) => (outcome.ok ? 'read' : 'refused'))
}

const rows = [
  ...READ.map((header) => [header, 'read'] as const),
  ...MALFORMED.map((header) => [header, 'malformed'] as const),
  ...OTHER.map((header) => [header, 'other'] as const),
]

describe('an Authorization header', () => {
  it.each(rows)('EXC-17 PR-07 %j is read the same everywhere: %s', async (header, expected) => {
    const authorization = header.replaceAll('TOKEN', token)
    expect(verifierReads(authorization)).toBe(expected)
    expect(await forwardAuthReads(authorization)).toBe(expected)
    const refusedOrRead = expected === 'read' ? 'read' : 'refused'
    expect(await lifecycleReads(authorization)).toEqual([refusedOrRead, refusedOrRead])
  })
})
