import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust, TrustedIssuer } from '../../../../src/core/policy/compile/compiled.ts'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { evaluateClaims } from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { explain } from '../../../../src/core/policy/explain/explain.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, AT, allow, CLAIMS, deny, documentOf, identityOf, OTHER } from '../support/decide.ts'
import { loadForm } from '../support/form.ts'

type Asked = { readonly rule?: string; readonly scopes?: readonly string[] }

function trustOf(rules: readonly unknown[]): CompiledTrust {
  const compiled = compileTrust(documentOf(rules), CEILINGS)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  return compiled.trust
}

/** The resource and the rule of a request without a target, or the denial; online and offline. */
function outcome(trust: CompiledTrust, asked: Asked = {}, claims = CLAIMS) {
  const [issuer] = trust.issuers.values()
  const request = { resource: undefined, scopes: asked.scopes, rule: asked.rule }
  const identity = identityOf(claims)
  const online = evaluate({ trust, issuer: issuer as TrustedIssuer, identity, request, at: AT })
  const offline = evaluateClaims(trust, { issuer: 'github', claims }, request, AT)
  if (online.kind === 'granted') {
    const { rule, resource } = online
    expect(offline).toMatchObject({ kind: 'granted', rule: rule.name, resource: resource.uri })
    return `${rule.name} at ${resource.uri}`
  }
  const { denial } = online
  expect(offline).toMatchObject({ kind: 'denied', reason: denial.reason })
  return denial.reason === 'target_missing' ? `${denial.facts.targets} targets` : denial.reason
}

const elsewhere = { resource: OTHER, scopes: ['read'] }
const MAIN = `a at ${API}`

describe('a request without a target', () => {
  it('is for the resource of the only matching rule', () => {
    expect(outcome(trustOf([allow('a')]))).toBe(MAIN)
    const rules = [allow('a'), allow('b', { environment: 'staging' }, elsewhere)]
    expect(outcome(trustOf(rules))).toBe(MAIN)
  })

  it('is for the resource that all matching rules grant', () => {
    const reader = allow('a', {}, { scopes: ['read'] })
    expect(outcome(trustOf([reader, allow('b')]))).toBe(MAIN)
    expect(outcome(trustOf([reader, allow('b')]), { scopes: ['write'] })).toBe(`b at ${API}`)
  })

  it('TE-35 IT-08 is refused if the matching rules grant several resources, or none', () => {
    expect(outcome(trustOf([allow('a'), allow('b', {}, elsewhere)]))).toBe('2 targets')
    expect(outcome(trustOf([allow('a', { environment: 'staging' })]))).toBe('0 targets')
    expect(outcome(trustOf([]))).toBe('0 targets')
  })

  it('IT-09 is refused even if the requested scopes fit only one of the resources', () => {
    const rules = [allow('a'), allow('b', {}, elsewhere)]
    expect(outcome(trustOf(rules), { scopes: ['write'] })).toBe('2 targets')
  })

  it('is refused even if the rule of the other resource does not render', () => {
    const rules = [allow('a'), allow('b', {}, { ...elsewhere, subject: '{head_ref}' })]
    expect(outcome(trustOf(rules))).toBe('2 targets')
  })

  it('is for the resource of the rule that it names', () => {
    const rules = [allow('a'), allow('b', {}, elsewhere)]
    expect(outcome(trustOf(rules), { rule: 'b' })).toBe(`b at ${OTHER}`)
    expect(outcome(trustOf(rules), { rule: 'a' })).toBe(MAIN)
    expect(outcome(trustOf(rules), { rule: 'c' })).toBe('0 targets')
  })

  it('RULE-19 is denied by a matching deny rule', () => {
    expect(outcome(trustOf([allow('a'), deny('no', { event_name: 'push' })]))).toBe('rule_denied')
  })

  it('RULE-19 does not reach a resource because a deny rule matches', () => {
    const rules = [allow('a'), allow('b', {}, elsewhere), deny('no', { event_name: 'push' })]
    expect(outcome(trustOf(rules))).toBe('2 targets')
  })

  it('ignores rules that only observe, and expired rules', () => {
    const ended = { expires: '2026-01-01' }
    const observing = allow('b', {}, elsewhere, { mode: 'observe' })
    expect(outcome(trustOf([allow('a'), observing]))).toBe(MAIN)
    expect(outcome(trustOf([observing]))).toBe('0 targets')
    expect(outcome(trustOf([allow('a'), allow('b', {}, elsewhere, ended)]))).toBe(MAIN)
    expect(outcome(trustOf([allow('b', {}, elsewhere, ended)]))).toBe('0 targets')
  })

  it('names a resource in no other way than its rules, and grants no other scope', () => {
    expect(outcome(trustOf([allow('a')]), { scopes: ['admin'] })).toBe('scope_not_granted')
  })

  it('is explained for each rule that would match', () => {
    const trust = trustOf([allow('a'), allow('b', {}, elsewhere)])
    const request = { resource: undefined, scopes: undefined, rule: undefined }
    expect(
      explain(evaluateClaims(trust, { issuer: 'github', claims: CLAIMS }, request, AT)),
    ).toEqual({
      summary:
        'denied: the request names no resource, and the matching rules do not grant exactly one',
      rules: [
        { rule: 'a', sentence: 'matches, but the request names no resource' },
        { rule: 'b', sentence: 'matches, but the request names no resource' },
      ],
      nearestMiss: undefined,
    })
  })
})

describe('a stored document with a part that is left out', () => {
  const broken = allow('b', { unknown_claim: 'x' }, elsewhere)

  it('has no default target, because the part could lead elsewhere', () => {
    const stored = compileStored(documentOf([allow('a'), broken]), CEILINGS)
    expect(stored.problems).toHaveLength(1)
    expect(outcome(stored.trust as CompiledTrust)).toBe('1 targets')
    expect(outcome(loadForm(stored).trust)).toBe('1 targets')
  })

  it('has one if every part is read', () => {
    const stored = compileStored(documentOf([allow('a')]), CEILINGS)
    expect(outcome(stored.trust as CompiledTrust)).toBe(MAIN)
    expect(outcome(loadForm(stored).trust)).toBe(MAIN)
  })
})
