/** The subject of a rule without a template, rendered from one subject token. */
import { createHash } from 'node:crypto'
import type { Grant } from '../../../../src/core/policy/compile/compiled.ts'
import { renderGrant } from '../../../../src/core/policy/decide/render-grant.ts'

export const GRANT: Grant = {
  resource: 'https://api.example.com',
  scopes: ['read'],
  lifetimeSeconds: 600,
  subject: undefined,
  maxSubjectBytes: 255,
  claims: [],
  areClaimsMeasured: false,
  replay: 'reuse',
  budget: undefined,
}

/** A resource without requirements on subjects. */
export const ANY = { preset: undefined, typ: 'at+jwt', trustDomain: undefined } as const

export function subjectOf(issuerName: string, subject: string): string {
  const rendered = renderGrant(GRANT, { issuerName, subject, claims: { sub: subject } }, ANY)
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.error))
  return rendered.value.subject
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
