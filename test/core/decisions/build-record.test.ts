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

const AT = 1_800_000_000_123
const ID = formatDecisionId({ shard: 1, at: AT }, new Uint8Array(9))
const EVENT: DecisionEvent = {
  event: 'decision',
  decisionId: ID,
  at: 1_800_000_000,
  outcome: 'granted',
  scope: 'read write',
}

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

  it('has what the caller asked for, under the names of the wire', () => {
    const asked = { resource: 'https://api.test', scopes: ['read'], rule: 'a', lifetimeSeconds: 60 }
    expect(format({}, { asked }).asked).toEqual({
      resource: 'https://api.test',
      scopes: ['read'],
      rule: 'a',
      lifetime_seconds: 60,
    })
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

  it('has nothing else of the request', () => {
    const asked = { resource: 'https://api.test', presented: { assertion: 'secret' } }
    expect(format({}, { asked }).asked).toEqual({ resource: 'https://api.test' })
  })

  it.each([
    ['considered', { considered: many((rule) => ({ rule, outcome: 'no_match' as const })) }, {}],
    ['observed', { observed: many((rule) => rule) }, {}],
    ['asked', {}, { asked: { scopes: many((scope) => scope) } }],
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
