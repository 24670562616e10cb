import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../../../src/core/policy/compile/compiled.ts'
import { renderGrant } from '../../../../src/core/policy/decide/render-grant.ts'

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
const shortForm = (subject: string) => `github:sha256:${sha256(subject)}`

describe('the subject of a rule without a template', () => {
  it('IT-13 ISS-02 is the name of the issuer and the subject as it stands', () => {
    expect(subjectOf('github', 'repo:acme/api:ref:refs/heads/a%b')).toBe(
      'github:repo:acme/api:ref:refs/heads/a%b',
    )
    expect(subjectOf('gitlab', 'x')).toBe('gitlab:x')
  })

  it.each([
    ['a branch of 240 characters', `repo:acme/api:ref:refs/heads/${'b'.repeat(240)}`],
    ['the first that is too long', 'x'.repeat(249)],
    ['more than 255 bytes of fewer characters', 'ü'.repeat(125)],
    ['SP-07 a SPIFFE ID of 2,048 bytes', `spiffe://acme.dev/${'a'.repeat(2030)}`],
  ])('MAP-06 falls back to a hash for %s', (_, subject) => {
    expect(subjectOf('github', subject)).toBe(shortForm(subject))
  })

  it('MAP-06 stands as it is up to 255 bytes', () => {
    expect(subjectOf('github', 'x'.repeat(248))).toBe(`github:${'x'.repeat(248)}`)
  })

  it('MAP-05 hashes a subject that looks like a hash, so that nobody has the one of another', () => {
    const long = 'x'.repeat(300)
    const forged = `sha256:${sha256(long)}`
    expect(subjectOf('github', forged)).not.toBe(subjectOf('github', long))
    expect(subjectOf('github', forged)).toBe(shortForm(forged))
    expect(subjectOf('github', 'sha256:short')).toBe('github:sha256:short')
  })

  it('MAP-05 is never the same for two subjects, nor for two issuers', () => {
    const plain = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ':', '%', 'ü', '2'), minLength: 1, maxLength: 8 }),
      fc.nat(400).map((length) => 'x'.repeat(length + 1)),
    )
    // A subject that names the hash of another, and the hash of that name.
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
      { numRuns: 3000 },
    )
  }, 60_000)

  it('is not there for claims whose subject is no text', () => {
    const holder = { issuerName: 'github', subject: undefined, claims: { sub: ['x'] } }
    const fault = { template: 'subject', claim: 'sub', cause: 'not_scalar' }
    expect(renderGrant(GRANT, holder)).toEqual({ ok: false, error: fault })
  })
})
