import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../support/runs.ts'
import { sha256, subjectOf } from '../support/default-subject.ts'

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
