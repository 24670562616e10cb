/**
 * The contract of every revocation store that core uses. Runs on the memory version and on the
 * revocation log.
 */
import { expect, it } from 'vitest'
import type { IsRevoked, RevokeToken } from '../../src/core/revocation-ports.ts'
import { revocable } from '../support/revocable-token.ts'

export type RevocationPorts = { readonly isRevoked: IsRevoked; readonly revokeToken: RevokeToken }

export function describeRevocations(createPorts: () => RevocationPorts): void {
  const token = (jti: string) => ({
    jti,
    expiresAt: Math.floor(Date.now() / 1000) + 600,
    by: 'github:8123456:production',
  })

  it('reports no token as revoked before its revocation', async () => {
    const { isRevoked } = createPorts()
    expect(await isRevoked(revocable('never'))).toBe(false)
    expect(await isRevoked(revocable('__proto__'))).toBe(false)
    expect(await isRevoked(revocable(''))).toBe(false)
  })

  it('reports a token as revoked as soon as its revocation is acknowledged', async () => {
    const { isRevoked, revokeToken } = createPorts()
    await revokeToken(token('one'))
    expect(await isRevoked(revocable('one'))).toBe(true)
    expect(await isRevoked(revocable('One'))).toBe(false)
  })

  it('REV-05 reports a token as revoked if one of its ancestors is', async () => {
    const { isRevoked, revokeToken } = createPorts()
    const [root, parent] = [revocable('root'), revocable('parent')]
    const anc = [root, parent].map((one) => ({ ...one, aud: 'https://api.example.com' }))
    const child = revocable('child', { anc })
    expect(await isRevoked(child)).toBe(false)
    await revokeToken(token('parent'))
    expect(await isRevoked(child)).toBe(true)
    expect(await isRevoked(root)).toBe(false)
    await revokeToken(token('child-2'))
    expect(await isRevoked(parent)).toBe(true)
    expect(await isRevoked(revocable('child-2', { anc: [] }))).toBe(true)
    expect(await isRevoked(revocable('child-3', { anc: anc.slice(0, 1) }))).toBe(false)
  })

  it('accepts a second revocation of one token', async () => {
    const { isRevoked, revokeToken } = createPorts()
    await revokeToken(token('one'))
    await revokeToken(token('one'))
    expect(await isRevoked(revocable('one'))).toBe(true)
  })

  it('keeps all of many revocations at once', async () => {
    const { isRevoked, revokeToken } = createPorts()
    const names = Array.from({ length: 50 }, (_, index) => `t${index}`)
    await Promise.all(names.map((name) => revokeToken(token(name))))
    expect(await Promise.all(names.map((name) => isRevoked(revocable(name))))).toEqual(
      names.map(() => true),
    )
  })
}
