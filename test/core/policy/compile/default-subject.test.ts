import { describe, expect, it } from 'vitest'
import { renderGrant } from '../../../../src/core/policy/decide/render-grant.ts'
import { ANY, GRANT, sha256, subjectOf } from '../support/default-subject.ts'

const shortForm = (subject: string) => `github:sha256:${sha256(subject)}`

describe('the subject of a rule without a template', () => {
  it('IT-13 ISS-02 is the name of the issuer and the unchanged subject', () => {
    expect(subjectOf('github', 'repo:acme/api:ref:refs/heads/a%b')).toBe(
      'github:repo:acme/api:ref:refs/heads/a%b',
    )
    expect(subjectOf('gitlab', 'x')).toBe('gitlab:x')
  })

  it.each([
    ['a branch of 240 characters', `repo:acme/api:ref:refs/heads/${'b'.repeat(240)}`],
    ['the shortest subject that is too long', 'x'.repeat(249)],
    ['fewer than 255 characters with more than 255 bytes', 'ü'.repeat(125)],
    ['SP-07 a SPIFFE ID of 2,048 bytes', `spiffe://acme.dev/${'a'.repeat(2030)}`],
  ])('MAP-06 falls back to a hash for %s', (_, subject) => {
    expect(subjectOf('github', subject)).toBe(shortForm(subject))
  })

  it('MAP-06 is not changed up to 255 bytes', () => {
    expect(subjectOf('github', 'x'.repeat(248))).toBe(`github:${'x'.repeat(248)}`)
  })

  it('MAP-05 is hashed if it looks like a hash, so that no two subjects are equal', () => {
    const long = 'x'.repeat(300)
    const forged = `sha256:${sha256(long)}`
    expect(subjectOf('github', forged)).not.toBe(subjectOf('github', long))
    expect(subjectOf('github', forged)).toBe(shortForm(forged))
    expect(subjectOf('github', 'sha256:short')).toBe('github:sha256:short')
  })

  it('does not render if the subject is not a text', () => {
    const holder = { issuerName: 'github', subject: undefined, claims: { sub: ['x'] } }
    const fault = { template: 'subject', claim: 'sub', cause: 'not_scalar' }
    expect(renderGrant(GRANT, holder, ANY)).toEqual({ ok: false, error: fault })
  })
})
