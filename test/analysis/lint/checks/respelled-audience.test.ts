/** Tests of LINT-54: an audience that is another spelling of the gateway's URL. */
import { describe, expect, it } from 'vitest'
import { isBlocking, lint } from '../../../../src/analysis/lint/lint.ts'
import { AT, compileOrCodes, documentOf } from '../support/documents.ts'

function findings(audience: string | undefined) {
  const trust = compileOrCodes(documentOf('github', { issuer: { audience } }))
  if (!('rules' in trust)) throw new Error(trust.join())
  return lint(trust, { at: AT }).filter((one) => one.lint === 'LINT-54')
}

describe('LINT-54', () => {
  it.each([
    ['a slash at the end', 'https://sts.example.com/'],
    ['capitals in the host', 'https://STS.example.com'],
    ['the default port', 'https://sts.example.com:443'],
  ])('remarks on %s, which does not stop apply', (_, audience) => {
    const found = findings(audience)
    expect(found).toMatchObject([
      { severity: 'info', path: ['issuers', 'ci', 'audience'], rule: undefined },
    ])
    expect(found[0]?.message).toContain('the URL of this gateway, https://sts.example.com, so')
    expect(found.some(isBlocking)).toBe(false)
  })

  it.each([
    ['the default', undefined],
    ['the URL as it is', 'https://sts.example.com'],
    ['another path', 'https://sts.example.com/token'],
    ['another host', 'https://sts.example.org/'],
    ['a name', 'deploy'],
  ])('is silent for %s', (_, audience) => {
    expect(findings(audience)).toEqual([])
  })
})
