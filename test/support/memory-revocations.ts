/**
 * Stores revocations in a set, for tests of core. Tested by the contract
 * `test/contracts/revocations.ts`.
 */
import { lineageOf } from '../../src/protocol/revocations.ts'
import type { RevocationPorts } from '../contracts/revocations.ts'

export function createMemoryRevocations(): RevocationPorts {
  const revoked = new Set<string>()
  return {
    isRevoked: async (token) => lineageOf(token).some(({ jti }) => revoked.has(jti)),
    revokeToken: async ({ jti, expiresAt }) => {
      revoked.add(jti)
      return { revokedAt: 0, expiresAt }
    },
  }
}
