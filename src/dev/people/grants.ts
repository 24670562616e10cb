/**
 * What the provider of people has granted and not yet handed out, or can renew: authorization codes
 * and refresh tokens. All of it is in memory.
 */
import { randomBytes } from 'node:crypto'
import type { Person } from './person.ts'

/** What a person has allowed a client. */
export type Approval = {
  readonly clientId: string
  readonly person: Person
  readonly scopes: readonly string[]
  readonly nonce: string | undefined
  /** Epoch seconds. */
  readonly authenticatedAt: number
}

export type PendingCode = {
  readonly approval: Approval
  readonly redirectUri: string
  readonly challenge: string
  readonly expiresAt: number
}

/** The refresh tokens of one sign-in. Only the newest is valid. */
type Family = { readonly approval: Approval; current: string; isRevoked: boolean }

export type Grants = ReturnType<typeof createGrants>

export const newSecret = (): string => randomBytes(32).toString('base64url')

/** RFC 6749 §4.1.2 recommends at most ten minutes. A browser is back within a second. */
const CODE_SECONDS = 60

export function createGrants(now: () => number) {
  const codes = new Map<string, PendingCode | { readonly usedFor: Family | undefined }>()
  /** By every refresh token that the family has had. */
  const families = new Map<string, Family>()

  function issueRefresh(family: Family): string {
    family.current = newSecret()
    families.set(family.current, family)
    return family.current
  }

  return {
    issueCode(code: Omit<PendingCode, 'expiresAt'>): string {
      const value = newSecret()
      codes.set(value, { ...code, expiresAt: now() + CODE_SECONDS })
      return value
    },
    /** Returns the code if it is valid. It is then used up, whatever the caller decides. */
    takeCode(value: string): PendingCode | undefined {
      const found = codes.get(value)
      if (found === undefined) return undefined
      if ('usedFor' in found) {
        // Somebody has used the code twice, so its tokens may be stolen (RFC 6749 §4.1.2).
        if (found.usedFor !== undefined) found.usedFor.isRevoked = true
        return undefined
      }
      codes.set(value, { usedFor: undefined })
      return found.expiresAt > now() ? found : undefined
    },
    /** Returns the first refresh token of a sign-in. `code` is the one that it came from. */
    startFamily(approval: Approval, code?: string): string {
      const family: Family = { approval, current: '', isRevoked: false }
      if (code !== undefined) codes.set(code, { usedFor: family })
      return issueRefresh(family)
    },
    /**
     * Exchanges a refresh token for the next one. An old one revokes its family: either the client
     * or a thief has used it before (RFC 9700 §4.14.2).
     */
    rotate(
      token: string,
      clientId: string,
    ): { readonly approval: Approval; readonly next: string } | undefined {
      const family = families.get(token)
      if (family === undefined || family.approval.clientId !== clientId) return undefined
      if (family.current !== token) family.isRevoked = true
      if (family.isRevoked) return undefined
      return { approval: family.approval, next: issueRefresh(family) }
    },
    revoke(token: string): void {
      const family = families.get(token)
      if (family !== undefined) family.isRevoked = true
    },
  }
}
