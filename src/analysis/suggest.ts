/**
 * From one real claim set to the narrowest sensible rule: the ids that stay, then where and why
 * the workload runs. What is left out is said, with the reason. A suggestion is a start for people
 * to read; it compiles and is linted like any other rule.
 */

import { MAX_TOKEN_LIFETIME_SECONDS } from '../contract/limits.ts'
import type { AllowRuleSource } from '../contract/trust-document.ts'
import { longestValue } from '../contract/value-text.ts'
import { readScalar } from '../core/evidence/identity.ts'
import { compileTrust } from '../core/policy/compile/compile.ts'
import type { Ceilings, Primitive } from '../core/policy/compile/compiled.ts'
import { resolveClaim, samePath } from '../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../core/providers/profile.ts'
import type { JsonObject } from '../web/json.ts'
import { type ClaimsDecision, evaluateClaims } from './evaluate-claims.ts'
import { explainLeftOut, listLeaves } from './suggest-left-out.ts'

type Path = readonly string[]

/** What `suggest` makes a rule from. */
export type SuggestRequest = {
  /** The issuer as the document names it. */
  readonly issuerName: string
  readonly provider: ProviderProfile
  /** Of one real subject token. */
  readonly claims: JsonObject
  readonly resource: string
  readonly scopes: readonly string[]
  readonly owner: string
  /** The last day of the rule, such as `2027-03-31`. */
  readonly expires: string
}

/** A claim, as a document names it, and a sentence. */
export type ClaimNote = { readonly claim: string; readonly why: string }

/** A rule to start from, and why each claim was kept or left out. */
export type Suggestion = {
  /** As written in a document. */
  readonly rule: AllowRuleSource
  readonly kept: readonly ClaimNote[]
  readonly leftOut: readonly ClaimNote[]
  /** The subject that these claims get under the rule; undefined where the rule does not compile. */
  readonly subject: string | undefined
}

type Pick = { readonly path: Path; readonly value: Primitive; readonly why: string }

/** The rule, or a sentence that says why these claims give none. Pure; throws nothing. */
export function suggest(request: SuggestRequest): Suggestion | { readonly fault: string } {
  const { provider, claims } = request
  const picks = pickClaims(provider, claims)
  if (!picks.some(({ path }) => namesSomebody(path, provider))) {
    const wanted = [...provider.tenantClaims, ...provider.projectClaims]
    const names = wanted.map((path) => nameClaim(path, provider)).join(', ')
    return { fault: `the claims name nobody: none of ${names} is there` }
  }
  const leftOut = listLeaves(claims)
    .filter((path) => !picks.some((pick) => samePath(pick.path, path)))
    .map((path) => ({
      claim: nameClaim(path, provider),
      why: explainLeftOut(path, provider, picks),
    }))
  return {
    ...writeRenderableRule(request, picks),
    kept: picks.map(({ path, why }) => ({ claim: nameClaim(path, provider), why })),
    leftOut,
  }
}

/** Who it is, then where and why it runs, then what a cautious rule asks for. */
function pickClaims(provider: ProviderProfile, claims: JsonObject): readonly Pick[] {
  const { names, tenantClaims, projectClaims } = provider
  const present = (paths: readonly (Path | undefined)[]) =>
    paths.find((path) => path !== undefined && readPinnable(claims, path) !== undefined)
  const owner = present([names.ownerId, ...tenantClaims])
  const project = present([names.projectId, ...projectClaims])
  const candidates: readonly (readonly [Path | undefined, string])[] = [
    [owner, describeId(owner, provider, 'the organisation')],
    [project, describeId(project, provider, 'the workload')],
    // A name alone may be given to somebody else; the subject says more of whom it meant.
    [isStable(project, provider) ? undefined : ['sub'], 'what the platform calls the workload'],
    [names.ref, 'the branch or tag it runs from'],
    [names.environment, 'the environment it runs in'],
    [names.event, 'what may start it'],
    ...(provider.narrowing ?? []).map((path) => [path, 'makes the rule narrower'] as const),
    ...(provider.safeValues ?? [])
      .filter(({ path, value }) => readPinnable(claims, path) === value)
      .map(({ path }) => [path, 'what a cautious rule asks for'] as const),
  ]
  const picks: Pick[] = []
  for (const [path, why] of candidates) {
    if (path === undefined || picks.some((pick) => samePath(pick.path, path))) continue
    const value = readPinnable(claims, path)
    if (value !== undefined) picks.push({ path, value, why })
  }
  return picks
}

function describeId(path: Path | undefined, provider: ProviderProfile, whom: string): string {
  if (isStable(path, provider)) return `names ${whom} for ever`
  return `names ${whom}; ${provider.id} has no better name`
}

function isStable(path: Path | undefined, provider: ProviderProfile): boolean {
  if (path === undefined) return false
  return provider.claims?.find((claim) => samePath(claim.path, path))?.immutable === true
}

/** A value that a condition can hold: what is longer is never compared. */
function readPinnable(claims: JsonObject, path: Path): Primitive | undefined {
  const value = readScalar(claims, path)
  return typeof value === 'string' && value.length > longestValue(value) ? undefined : value
}

function namesSomebody(path: Path, { tenantClaims, projectClaims }: ProviderProfile): boolean {
  return [...tenantClaims, ...projectClaims].some((named) => samePath(named, path))
}

/** As a document names it: with dots where that means the same claim, as a list where it does not. */
function nameClaim(path: Path, provider: ProviderProfile): string {
  const dotted = path.join('.')
  const resolved = resolveClaim(dotted, provider)
  const isSame =
    typeof resolved === 'string'
      ? !path.some((name) => name.includes('.'))
      : samePath(resolved.path, path)
  return isSame ? dotted : JSON.stringify(path)
}

/** With the subject that a gateway would give; a template that does not render is left out. */
function writeRenderableRule(request: SuggestRequest, picks: readonly Pick[]) {
  const rule = writeRule(request, picks, writeSubject(request, picks))
  const decision = tryRule(request, rule)
  if (decision?.kind === 'granted') return { rule, subject: decision.subject }
  if (decision?.reason !== 'template_unrenderable') return { rule, subject: undefined }
  const plain = writeRule(request, picks, undefined)
  const decided = tryRule(request, plain)
  return { rule: plain, subject: decided?.kind === 'granted' ? decided.subject : undefined }
}

const ANY_GATEWAY: Ceilings = {
  gatewayIssuer: 'https://gateway.invalid',
  maxTokenLifetimeSeconds: MAX_TOKEN_LIFETIME_SECONDS,
  maxRuleExpirySeconds: undefined,
  localIssuers: true,
}

/** What a document with this rule alone decides for the claims that it was made from. */
function tryRule(request: SuggestRequest, rule: AllowRuleSource): ClaimsDecision | undefined {
  const { issuerName, provider, claims, resource, scopes } = request
  const { iss } = claims
  const own = provider.issuer.kind === 'fixed' || typeof iss !== 'string' ? {} : { issuer: iss }
  const compiled = compileTrust(
    {
      version: 1,
      issuers: { [issuerName]: { provider: provider.id, ...own } },
      resources: { [resource]: { scopes: [...scopes] } },
      rules: [rule],
    },
    ANY_GATEWAY,
  )
  if ('problems' in compiled) return undefined
  const asked = { resource, scopes: undefined, rule: undefined }
  // No rule has ended at the beginning of time.
  return evaluateClaims(compiled.trust, { issuer: issuerName, claims }, asked, 0)
}

function writeRule(
  request: SuggestRequest,
  picks: readonly Pick[],
  subject: string | undefined,
): AllowRuleSource {
  const { provider, issuerName } = request
  const when = Object.fromEntries(
    picks.map(({ path, value }) => [nameClaim(path, provider), value]),
  )
  return {
    name: `${issuerName}-workload`,
    description: `Suggested from a token of ${provider.name}.`,
    owner: request.owner,
    expires: request.expires,
    from: issuerName,
    when,
    grant: {
      resource: request.resource,
      scopes: [...request.scopes],
      ...(subject === undefined ? {} : { subject }),
    },
  }
}

/** By the project's id where it has one; a subject that the rule pins stands as it is. */
function writeSubject({ provider, issuerName }: SuggestRequest, picks: readonly Pick[]) {
  const { projectId, environment } = provider.names
  const isPicked = (path: Path | undefined): path is Path =>
    path !== undefined && picks.some((pick) => samePath(pick.path, path))
  if (!isPicked(projectId) || isPicked(['sub'])) return undefined
  const parts = [projectId, ...(isPicked(environment) ? [environment] : [])]
  const names = parts.map((path) => nameClaim(path, provider))
  // A list of names cannot stand in a template.
  if (names.some((name) => name.startsWith('['))) return undefined
  return [issuerName, ...names.map((name) => `{${name}}`)].join(':')
}
