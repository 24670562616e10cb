/** Who used a rule. */
import { expect, test } from 'vitest'
import { groupUsers } from '../../../../src/console/pages/rule/users.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'

const record = (at: number, more: Partial<DecisionRecord>): DecisionRecord => ({
  v: 1,
  id: `dec_${at}`,
  at,
  outcome: 'granted',
  issuer: 'github',
  subject: 'a',
  resource: 'https://api.example.com',
  ...more,
})

test('groups tokens by issuer and subject, the newest user first', () => {
  const users = groupUsers([
    record(9000, { scopes: ['write'] }),
    record(8000, { subject: 'b', scopes: ['read'] }),
    record(7000, { scopes: ['read', 'write'], resource: 'https://other.example.com' }),
    record(9999, { subject: 'c', outcome: 'denied' }),
    record(6500, { issuer: 'gitlab', scopes: [] }),
  ])
  expect(users).toEqual([
    {
      issuer: 'github',
      subject: 'a',
      tokens: 2,
      lastAt: 9,
      resources: ['https://api.example.com', 'https://other.example.com'],
      scopes: ['read', 'write'],
    },
    expect.objectContaining({ subject: 'b', tokens: 1, lastAt: 8 }),
    expect.objectContaining({ issuer: 'gitlab', subject: 'a', lastAt: 6 }),
  ])
})

test('does not confuse subjects that contain the name of an issuer', () => {
  const users = groupUsers([
    record(1, { issuer: 'a', subject: 'b c' }),
    record(2, { issuer: 'a b', subject: 'c' }),
  ])
  expect(users).toHaveLength(2)
})
