/** The next change of the signing keys. */
import { expect, test } from 'vitest'
import { findNextChange, listSigning } from '../../../../src/console/pages/keys/schedule.ts'
import type { KeyReport } from '../../../../src/contract/admin.ts'

const key = (kid: string, more: Partial<KeyReport>): KeyReport => ({
  kid,
  alg: 'ES256',
  state: 'signing',
  default: false,
  activates_at: null,
  retires_at: null,
  published_until: null,
  ...more,
})

test('is the earliest moment of all keys that is not past', () => {
  const keys = [
    key('old', { activates_at: 10, retires_at: 300, published_until: 400 }),
    key('new', { activates_at: 200 }),
  ]
  expect(findNextChange(keys, 100)).toEqual({ kind: 'activates', kid: 'new', at: 200 })
  expect(findNextChange(keys, 200)).toEqual({ kind: 'retires', kid: 'old', at: 300 })
  expect(findNextChange(keys, 300)).toEqual({ kind: 'published', kid: 'old', at: 400 })
  expect(findNextChange(keys, 400)).toBeUndefined()
})

test('the algorithms that sign begin with the default one', () => {
  const keys = [
    key('a', { alg: 'RS256' }),
    key('b', { default: true }),
    key('c', { state: 'standby', alg: 'EdDSA' }),
    key('d', {}),
  ]
  expect(listSigning(keys)).toEqual(['ES256', 'RS256'])
})
