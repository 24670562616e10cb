import { describe, expect, it } from 'vitest'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import {
  type DecisionRecord,
  decisionRecordSchema,
  readLineId,
} from '../../../src/contract/decisions/record.ts'
import type { DecisionEvent } from '../../../src/core/audit.ts'
import { type DecisionEvidence, formatRecord } from '../../../src/core/decisions/build-record.ts'
import { MAX_RECORD_CHARACTERS } from '../../../src/core/decisions/limits.ts'
import type { Resource } from '../../../src/core/policy/compile/compiled.ts'
import { canonicalResource } from '../../../src/protocol/resource-uri.ts'

const AT = 1_800_000_000_123
const ID = formatDecisionId({ shard: 1, at: AT }, new Uint8Array(9))
const EVENT: DecisionEvent = {
  event: 'decision',
  decisionId: ID,
  at: 1_800_000_000,
  outcome: 'granted',
  scope: 'read write',
}

const resource = {
  uri: 'https://api.test',
  scopes: new Set(['read', 'write']),
} as unknown as Resource
const trust = { targets: new Map([[canonicalResource('https://api.test'), resource]]) }

function format(event: Partial<DecisionEvent>, evidence: DecisionEvidence = {}): DecisionRecord {
  const { line } = formatRecord({ ...EVENT, ...event }, evidence, 'recorded')
  expect(readLineId(line)).toBe(ID)
  return decisionRecordSchema.parse(JSON.parse(line))
}

describe('the record of a decision', () => {
  it('begins with its id, and has the time of its id', () => {
    const { at, line } = formatRecord(EVENT, {}, 'recorded')
    expect(at).toBe(AT)
    expect(line).toBe(
      `{"v":1,"id":"${ID}","at":${AT},"outcome":"granted","scopes":["read","write"]}`,
    )
    expect(readLineId(line)).toBe(ID)
  })

  it('has what the caller asked for, in the spelling of the trust document', () => {
    const asked = {
      resource: 'HTTPS://api.test/',
      scopes: ['read'],
      rule: 'a',
      lifetimeSeconds: 60,
    }
    expect(format({ rule: 'a' }, { asked, trust }).asked).toEqual({
      resource: 'https://api.test',
      scopes: ['read'],
      rule: 'a',
      lifetime_seconds: 60,
    })
  })

  it('has a rule that was asked for and did not match', () => {
    const considered = [{ rule: 'a', outcome: 'condition_failed' as const }]
    expect(format({ considered }, { asked: { rule: 'a' }, trust }).asked).toEqual({ rule: 'a' })
  })

  it('has the scopes of a request without a resource', () => {
    const asked = { scopes: ['read'] }
    const event = { resource: 'https://api.test' }
    expect(format(event, { asked, trust }).asked).toEqual({ scopes: ['read'] })
  })

  it.each([
    ['none', undefined],
    ['recorded', { country: 'DE', asn: 3320, tls: 'TLSv1.3' }],
    ['all', { country: 'DE', asn: 3320, tls: 'TLSv1.3', ip: '192.0.2.1' }],
  ] as const)('LOG-07 has of the connection what DECISION_CLAIMS=%s allows', (mode, expected) => {
    const connection = { country: 'DE', asn: 3320, ip: '192.0.2.1', tls: 'TLSv1.3' }
    const { line } = formatRecord(EVENT, { connection }, mode)
    expect((JSON.parse(line) as DecisionRecord).connection).toEqual(expected)
    const onlyAddress = formatRecord(EVENT, { connection: { ip: '192.0.2.1' } }, 'recorded').line
    expect(JSON.parse(onlyAddress)).not.toHaveProperty('connection')
  })

  const secret = 'eyJhbGciOiJFUzI1NiJ9'
  it.each([
    ['resource', { resource: `https://${secret}.test` }, {}],
    [
      'scopes',
      { resource: 'https://api.test', scopes: [secret] },
      { resource: 'https://api.test' },
    ],
    [
      'scopes',
      { resource: 'https://api.test', scopes: ['read', secret] },
      { resource: 'https://api.test', scopes: ['read'] },
    ],
    ['rule', { rule: secret }, {}],
    ['lifetime', { presented: { assertion: secret } } as object, {}],
  ])('LOG-01 has no %s that the trust document does not have', (name, asked, kept) => {
    const record = format({}, { asked, trust })
    const unknown = name === 'lifetime' ? {} : { unknown: [name] }
    expect(record.asked).toEqual({ ...kept, ...unknown })
    expect(JSON.stringify(record)).not.toContain(secret)
  })

  it('LOG-01 has no text of a request before the trust document was asked', () => {
    const asked = { resource: 'https://api.test', scopes: ['read'], rule: 'a' }
    expect(format({}, { asked }).asked).toEqual({ unknown: ['resource', 'scopes', 'rule'] })
  })

  it.each([
    [
      'considered',
      { considered: many((rule) => ({ rule, outcome: 'condition_failed' as const })) },
      {},
    ],
    ['observed', { observed: many((rule) => rule) }, {}],
    ['scopes', { scope: many((scope) => scope).join(' ') }, {}],
  ] as const)('LOG-08 leaves out %s if it is too large, and says so', (name, event, evidence) => {
    const record = format(event as never, evidence)
    expect(record).not.toHaveProperty(name)
    expect(record.omitted).toEqual([name])
    expect(JSON.stringify(record).length).toBeLessThanOrEqual(MAX_RECORD_CHARACTERS)
  })
})

function many<T>(make: (text: string) => T): T[] {
  return Array.from({ length: 1000 }, (_, index) => make(`name-of-a-rule-${index}`))
}
