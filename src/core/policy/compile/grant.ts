/** Compiles the grant of one rule: its resource, scopes, lifetime and templates. */

import type { DocumentPath } from '../../../contract/admin.ts'
import { MIN_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import type { AllowRuleSource } from '../../../contract/trust-document.ts'
import { SVID_TYP } from '../../../protocol/token.ts'
import { parseDuration } from '../../../web/moment.ts'
import { DEFAULT_TOKEN_LIFETIME_SECONDS, MAX_RENDERED_BYTES } from '../../limits.ts'
import { checkGrantSource } from '../consumer/check-grant.ts'
import { checkSubjectDomain } from '../consumer/trust-domain.ts'
import type { Template } from '../language/template.ts'
import { compileBudget } from './budget.ts'
import type { Condition, Grant, Resource } from './compiled.ts'
import type { Report, RuleContext } from './context.ts'
import { compileClaims } from './grant-claims.ts'
import { compileText, fixTypes, type TextContext } from './grant-text.ts'
import type { IssuerTable } from './issuers/claim-table.ts'
import { findNamed, findResource } from './resource-uri.ts'

type GrantSource = AllowRuleSource['grant']

/** What a grant is compiled with: the conditions of its rule, and the claims of the issuer. */
type GrantContext = {
  readonly conditions: readonly Condition[]
  readonly table: IssuerTable
  readonly context: RuleContext
}

/** Equal grants of an issuer's rules are compiled once, unless one has a problem. */
export function compileGrant(
  grant: GrantSource,
  at: DocumentPath,
  { conditions, table, context }: GrantContext,
): Grant | undefined {
  const fixed = fixTypes(conditions)
  const key = JSON.stringify(fixed.size === 0 ? grant : [grant, [...fixed]])
  const known = table.grants.get(key)
  if (known !== undefined) return known
  let faults = 0
  const report: Report = (path, code, message) => {
    faults += 1
    context.report(path, code, message)
  }
  const { isStored = false } = context.options
  const compiled = compileNew(grant, { at, table, fixed, context, isStored, report })
  if (compiled === undefined) return undefined
  if (faults === 0) table.grants.set(key, compiled)
  return compiled
}

type Work = TextContext & {
  /** The path of the grant in the document. */
  readonly at: DocumentPath
  readonly context: RuleContext
}

/** Undefined if the resource is unknown. Any other problem is reported, and the grant compiled. */
function compileNew(grant: GrantSource, work: Work): Grant | undefined {
  const { at, table, isStored, report } = work
  if (table.profile.keepsSubject === true && grant.subject !== undefined) {
    report(
      [...at, 'subject'],
      'subject_not_allowed',
      'a rule from self keeps the subject of the token',
    )
  }
  const resource = findGranted(grant.resource, work)
  if (resource === undefined) return undefined
  checkScopes(grant.scopes, resource, work)
  if (table.profile.keepsSubject === true && resource.typ === SVID_TYP) {
    const message = 'needs a subject in the trust domain, and a rule from self keeps another'
    report([...at, 'resource'], 'trust_domain_foreign', message)
  }
  if (resource.preset !== undefined) checkGrantSource(resource.preset, grant, at, report)
  checkSubjectDomain(resource, grant.subject, at, report)
  const subject = compileSubject(grant, resource, work)
  const claims = compileClaims(grant.claims, {
    at: [...at, 'claims'],
    compileText: (text, path) => compileText(text, { path, target: 'claim' }, work),
    isStored,
    report,
  })
  const { maxBytes = MAX_RENDERED_BYTES } = resource.subject
  return Object.freeze({
    resource: resource.uri,
    scopes: Object.freeze([
      ...new Set(grant.scopes.flatMap((scope) => resource.roles?.get(scope) ?? scope)),
    ]),
    lifetimeSeconds: compileLifetime(grant.lifetime, resource, work),
    subject,
    maxSubjectBytes: Math.min(maxBytes, MAX_RENDERED_BYTES),
    claims: claims.members,
    areClaimsMeasured: claims.isMeasured,
    // If the platform makes a new token for each request, a workload never needs to reuse one.
    replay: grant.replay ?? (table.profile.replay === 'once' ? 'once' : 'reuse'),
    budget: compileBudget(grant.budget, table, [...at, 'budget'], report),
  })
}

function findGranted(name: string, { at, context, report }: Work): Resource | undefined {
  const resource = findResource(context.resources, name)
  if (resource !== undefined) return resource
  const named = findNamed(context.resources, name)
  const message =
    named === undefined
      ? `"${name}" is not declared in resources`
      : `"${name}" is another name of ${named.uri}: write the URI`
  report([...at, 'resource'], 'resource_unknown', message)
  return undefined
}

function checkScopes(
  scopes: readonly string[],
  resource: Resource,
  { at, isStored, report }: Work,
): void {
  for (const [index, scope] of scopes.entries()) {
    if (!resource.scopes.has(scope) && resource.roles?.has(scope) !== true) {
      const message = `"${scope}" is not a scope of ${resource.uri}`
      report([...at, 'scopes', index], 'scope_unknown', message)
    }
    // Older releases accepted it. The scopes of a grant are a set.
    if (!isStored && scopes.indexOf(scope) < index) {
      report([...at, 'scopes', index], 'scope_repeated', `duplicate scope "${scope}"`)
    }
  }
}

/** The template of the subject. Undefined: the default subject, or a template with a problem. */
function compileSubject(
  grant: GrantSource,
  { uri, subject: form }: Resource,
  work: Work,
): Template | undefined {
  const { at, table, report } = work
  if (grant.subject !== undefined) {
    const target = form.kind === 'uri' ? 'uri' : 'subject'
    const place = { path: [...at, 'subject'], target, maxBytes: form.maxBytes } as const
    return compileText(grant.subject, place, work)
  }
  // The subject of a token of this gateway is kept. `narrow.ts` checks that it is a URI.
  const needsSubject = form.kind === 'uri' && table.profile.keepsSubject !== true
  if (needsSubject) {
    const message = `needs a subject template: the sub of tokens for ${uri} is a URI`
    report(at, 'subject_required', message)
  }
  return undefined
}

function compileLifetime(
  text: string | undefined,
  resource: Resource,
  { at, context, report }: Work,
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
