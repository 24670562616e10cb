/** Compiles the grant of one rule: its resource, scopes, lifetime and templates. */

import type { DocumentPath } from '../../../contract/admin.ts'
import { MIN_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import type { AllowRuleSource } from '../../../contract/trust-document.ts'
import { SVID_TYP } from '../../../protocol/token.ts'
import { parseDuration } from '../../../web/moment.ts'
import { DEFAULT_TOKEN_LIFETIME_SECONDS, MAX_RENDERED_BYTES } from '../../limits.ts'
import { checkGrantSource } from '../consumer/check-grant.ts'
import { checkSubjectDomain } from '../consumer/trust-domain.ts'
import {
  compileTemplate,
  leastBytes,
  type Template,
  type TemplateTarget,
} from '../language/template.ts'
import type { ScalarType } from '../language/template-part.ts'
import { compileBudget } from './budget.ts'
import type { Condition, Grant, Resource } from './compiled.ts'
import type { Report, RuleContext } from './context.ts'
import { compileClaims } from './grant-claims.ts'
import type { IssuerTable, KnownClaim } from './issuers/claim-table.ts'
import { findNamed, findResource } from './resource-uri.ts'

export function compileGrant(
  source: AllowRuleSource,
  position: number,
  conditions: readonly Condition[],
  table: IssuerTable,
  context: RuleContext,
  reportTo: Report,
): Grant | undefined {
  const { grant } = source
  const fixed = fixTypes(conditions)
  const key = JSON.stringify(fixed.size === 0 ? grant : [grant, [...fixed]])
  const known = table.grants.get(key)
  if (known !== undefined) return known
  let faults = 0
  const report: Report = (path, code, message) => {
    faults += 1
    reportTo(path, code, message)
  }
  const at = ['rules', position, 'grant']
  const { isStored = false } = context.options
  if (table.profile.keepsSubject === true && grant.subject !== undefined) {
    report(
      [...at, 'subject'],
      'subject_not_allowed',
      'a rule from self keeps the subject of the token',
    )
  }
  const resource = findResource(context.resources, grant.resource)
  if (resource === undefined) {
    const named = findNamed(context.resources, grant.resource)
    const message =
      named === undefined
        ? `"${grant.resource}" is not declared in resources`
        : `"${grant.resource}" is another name of ${named.uri}: write the URI`
    report([...at, 'resource'], 'resource_unknown', message)
    return undefined
  }
  for (const [index, scope] of grant.scopes.entries()) {
    if (!resource.scopes.has(scope) && resource.roles?.has(scope) !== true) {
      const message = `"${scope}" is not a scope of ${resource.uri}`
      report([...at, 'scopes', index], 'scope_unknown', message)
    }
    // Older releases accepted it. The scopes of a grant are a set.
    if (!isStored && grant.scopes.indexOf(scope) < index) {
      report([...at, 'scopes', index], 'scope_repeated', `duplicate scope "${scope}"`)
    }
  }
  if (table.profile.keepsSubject === true && resource.typ === SVID_TYP) {
    const message = 'needs a subject in the trust domain, and a rule from self keeps another'
    report([...at, 'resource'], 'trust_domain_foreign', message)
  }
  if (resource.preset !== undefined) checkGrantSource(resource.preset, grant, at, report)
  checkSubjectDomain(resource, grant.subject, at, report)
  const compile = (text: string, path: DocumentPath, target: TemplateTarget, maxBytes?: number) =>
    compileText(text, target, { table, fixed, maxBytes, isStored }, path, report)
  const form = resource.subject
  const target = form.kind === 'uri' ? 'uri' : 'subject'
  const subject =
    grant.subject === undefined
      ? undefined
      : compile(grant.subject, [...at, 'subject'], target, form.maxBytes)
  // The subject of a token of this gateway is kept. `narrow.ts` checks that it is a URI.
  const needsSubject = form.kind === 'uri' && table.profile.keepsSubject !== true
  if (grant.subject === undefined && needsSubject) {
    const message = `needs a subject template: the sub of tokens for ${resource.uri} is a URI`
    report(at, 'subject_required', message)
  }
  const claims = compileClaims(
    grant.claims,
    [...at, 'claims'],
    (text, path) => compile(text, path, 'claim'),
    isStored,
    report,
  )
  const compiled: Grant = Object.freeze({
    resource: resource.uri,
    scopes: Object.freeze([
      ...new Set(grant.scopes.flatMap((scope) => resource.roles?.get(scope) ?? scope)),
    ]),
    lifetimeSeconds: compileLifetime(grant.lifetime, resource, context, at, report),
    subject,
    maxSubjectBytes: Math.min(form.maxBytes ?? MAX_RENDERED_BYTES, MAX_RENDERED_BYTES),
    claims: claims.members,
    areClaimsMeasured: claims.isMeasured,
    // If the platform makes a new token for each request, a workload never needs to reuse one.
    replay: grant.replay ?? (table.profile.replay === 'once' ? 'once' : 'reuse'),
    budget: compileBudget(grant.budget, table, [...at, 'budget'], report),
  })
  if (faults === 0) table.grants.set(key, compiled)
  return compiled
}

type TextContext = {
  readonly table: IssuerTable
  readonly fixed: FixedTypes
  readonly maxBytes: number | undefined
  readonly isStored: boolean
}

function compileText(
  text: string,
  target: TemplateTarget,
  { table, fixed, maxBytes, isStored }: TextContext,
  path: DocumentPath,
  report: Report,
): Template | undefined {
  const findClaim = (text: string) => {
    const claim = table.findClaim(text)
    if (typeof claim === 'string') return claim
    return { path: claim.path, type: fixed.get(claim.path) ?? usualType(claim) }
  }
  const template = compileTemplate(text, findClaim, target, maxBytes)
  if (typeof template === 'string') {
    report(path, 'template_invalid', template)
    return undefined
  }
  const least = leastBytes(template)
  // An older release accepted such a rule. It decides and refuses, so it is not left out.
  if (least > template.maxBytes && !isStored) {
    const message = `renders to at least ${least} bytes, and ${template.maxBytes} are allowed`
    report(path, 'template_too_long', message)
  }
  return template
}

/**
 * Types by path. Equal paths of one issuer are the same array. A claim without an entry is text.
 */
type FixedTypes = ReadonlyMap<readonly string[], 'number' | 'boolean'>

/** The claims that must be numbers or booleans if these conditions hold. */
function fixTypes(conditions: readonly Condition[]): FixedTypes {
  const fixed = new Map<readonly string[], 'number' | 'boolean'>()
  for (const { path, test } of conditions) {
    if (test.kind === 'range') fixed.set(path, 'number')
    if (test.kind !== 'any_of') continue
    for (const type of ['number', 'boolean'] as const) {
      if (test.values.every((value) => typeof value === type)) fixed.set(path, type)
    }
  }
  return fixed
}

/** The type that the platform documents. If there are several types or none, text. */
function usualType({ profile }: KnownClaim): ScalarType {
  const types = profile?.types ?? []
  if (types.includes('string')) return 'string'
  return types.find((type) => type === 'number' || type === 'boolean') ?? 'string'
}

function compileLifetime(
  text: string | undefined,
  resource: Resource,
  context: RuleContext,
  at: readonly (string | number)[],
  report: Report,
): number {
  const ceiling = Math.min(resource.maxLifetimeSeconds, context.ceilings.maxTokenLifetimeSeconds)
  if (text === undefined) return Math.min(DEFAULT_TOKEN_LIFETIME_SECONDS, ceiling)
  const seconds = parseDuration(text)
  if (seconds > ceiling) {
    const whose =
      ceiling === context.ceilings.maxTokenLifetimeSeconds ? "deployment's" : "resource's"
    const message = `is above the ${whose} ceiling of ${ceiling} seconds`
    report([...at, 'lifetime'], 'lifetime_above_ceiling', message)
  }
  if (seconds < MIN_TOKEN_LIFETIME_SECONDS) {
    const message = `is below the minimum of ${MIN_TOKEN_LIFETIME_SECONDS} seconds`
    report([...at, 'lifetime'], 'lifetime_too_short', message)
  }
  return seconds
}
