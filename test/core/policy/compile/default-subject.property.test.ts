import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../../../src/core/policy/compile/compiled.ts'
import { renderGrant } from '../../../../src/core/policy/decide/render-grant.ts'
import { runs } from '../../../support/runs.ts'

const GRANT: Grant = {
  resource: 'https://api.example.com',
  scopes: ['read'],
  lifetimeSeconds: 600,
  subject: undefined,
  claims: [],
  replay: 'reuse',
}

function subjectOf(issuerName: string, subject: string): string {
  const rendered = renderGrant(GRANT, { issuerName, subject, claims: { sub: subject } })
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.error))
  return rendered.value.subject
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('the subject of a rule without a template', () => {
  it('MAP-05 differs between any two subjects, and between any two issuers', () => {
    const plain = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ':', '%', 'ü', '2'), minLength: 1, maxLength: 8 }),
      fc.nat(400).map((length) => 'x'.repeat(length + 1)),
    )
    // A subject that equals the hash of another, and the hash of that subject.
    const subject = fc.oneof(
      plain,
      plain.map((text) => `sha256:${sha256(text)}`),
      plain.map((text) => `sha256:${sha256(`sha256:${sha256(text)}`)}`),
    )
    const name = fc.constantFrom('github', 'sha256', 'a', `n${'m'.repeat(127)}`)
    fc.assert(
      fc.property(name, subject, name, subject, (issuer, one, other, two) => {
        const isSame = issuer === other && one === two
        expect(subjectOf(issuer, one) === subjectOf(other, two)).toBe(isSame)
        expect(Buffer.byteLength(subjectOf(issuer, one))).toBeLessThanOrEqual(255)
      }),
      runs(1500),
    )
  })
})
