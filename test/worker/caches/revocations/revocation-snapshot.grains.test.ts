import { describe, expect, it } from 'vitest'
import { Unavailable } from '../../../../src/core/ports.ts'
import type { IsRevoked } from '../../../../src/core/revocation-ports.ts'
import type { RevocationPointer } from '../../../../src/protocol/revocations.ts'
import {
  AFTER_ISSUE,
  COARSE_TOKEN,
  NAMING,
  NOT_NAMING,
} from '../../../support/coarse-revocations.ts'
import { REVOCABLE_ISSUED_AT } from '../../../support/revocable-token.ts'
import { newTestReader } from '../../support/revocation-reader.ts'

const AT = REVOCABLE_ISSUED_AT + 60

type Entry = { grain: string; id: string; before: number; expires_at: number }

function snapshot(...before: Entry[]): RevocationPointer {
  const value = { v: 2, sequence: 1, published_at: AT, segments: [], recent: '', before }
  // A row with an unknown grain has a type that this release does not have.
  return value as unknown as RevocationPointer
}

const entry = (grain: string, id: string, before = AFTER_ISSUE): Entry => ({
  grain,
  id,
  before,
  expires_at: AT + 600,
})

function load(
  published: RevocationPointer | undefined,
  log: {
    readonly pointer?: () => Promise<RevocationPointer | null>
    readonly isRevoked?: IsRevoked
  } = {},
) {
  const text = published === undefined ? null : JSON.stringify(published)
  const kv = { get: async () => text } as unknown as KVNamespace
  return newTestReader(kv, log).load(AT)
}

describe('REV-03 a published revocation of a coarse grain', () => {
  it.each(NAMING)('refuses a token that it names by %s', async (_, grain, id) => {
    const { isRevoked } = await load(snapshot(entry(grain, id)))
    expect(isRevoked(COARSE_TOKEN)).toBe(true)
  })

  it.each(NAMING)('accepts a token issued at that time, named by %s', async (_, grain, id) => {
    const { isRevoked } = await load(snapshot(entry(grain, id, REVOCABLE_ISSUED_AT)))
    expect(isRevoked(COARSE_TOKEN)).toBe(false)
  })

  it.each(NOT_NAMING)('accepts a token when it names %s', async (_, grain, id) => {
    const { isRevoked } = await load(snapshot(entry(grain, id)))
    expect(isRevoked(COARSE_TOKEN)).toBe(false)
  })

  it('uses the latest time if it is listed twice', async () => {
    const late = entry('rule', 'deploy')
    const early = entry('rule', 'deploy', 5)
    for (const entries of [
      [early, late],
      [late, early],
    ]) {
      expect((await load(snapshot(...entries))).isRevoked(COARSE_TOKEN)).toBe(true)
    }
  })

  it('applies in the answer of the log too', async () => {
    const pointer = async () => snapshot(entry('issuer', 'https://issuer.example.com'))
    const { isRevoked } = await load(undefined, { pointer })
    expect(isRevoked(COARSE_TOKEN)).toBe(true)
  })
})

describe('a published revocation of an unknown grain', () => {
  const unknown = snapshot(entry('tenant', 't1'))

  it('makes the reader ask the log about each token', async () => {
    const asked: string[] = []
    const isRevoked: IsRevoked = async ({ jti }) => {
      asked.push(jti)
      return true
    }
    const revocations = await load(unknown, { pointer: async () => unknown, isRevoked })
    expect(await revocations.isRevoked(COARSE_TOKEN)).toBe(true)
    expect(asked).toEqual(['one'])
  })

  it('REV-02 refuses every token if the log does not know the grain either', async () => {
    await expect(load(unknown)).rejects.toBeInstanceOf(Unavailable)
  })
})
