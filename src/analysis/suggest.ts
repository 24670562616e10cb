/**
 * Suggests the narrowest sensible rule for one real claim set. The rule pins stable ids, then where
 * and why the workload runs. Each claim that is left out is listed with the reason. A suggestion is
 * a draft for people to review.
 */

import { longestValue } from '../contract/condition.ts'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../contract/limits.ts'
import type { AllowRuleSource } from '../contract/trust-document.ts'
import { readScalar } from '../core/evidence/identity.ts'
import { type CompileResult, compileTrust } from '../core/policy/compile/compile.ts'
import type { Ceilings, Primitive } from '../core/policy/compile/compiled.ts'
import { type ClaimsDecision, evaluateClaims } from '../core/policy/explain/evaluate-claims.ts'
import { resolveClaim, samePath } from '../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../core/providers/profile.ts'
import type { JsonObject } from '../web/json.ts'
import { isBlocking, lint } from './lint/lint.ts'
import { safeValuesOf } from './safe-values.ts'
import { explainLeftOut, listLeaves } from './suggest-left-out.ts'

type Path = readonly string[]

/** The input of `suggest`. */
export type SuggestRequest = {
  /** The issuer's name in the document. */
  readonly issuerName: string
  readonly provider: ProviderProfile
  /** The claims of one real subject token. */
  readonly claims: JsonObject
  readonly resource: string
  readonly scopes: readonly string[]
  readonly owner: string
  /** The last day of the rule, for example `2027-03-31`. */
  readonly expires: string
}

/** A claim, as a document names it, and the reason why it is kept or left out. */
export type ClaimNote = { readonly claim: string; readonly why: string }

/** A finding of lint in the draft: its id, the risk, and what to do. */
export type RuleNote = { readonly lint: string; readonly message: string; readonly fix: string }

/** A draft rule, and the reasons why claims are kept or left out. */
export type Suggestion = {
  /** The rule in the form of a trust document. */
  readonly rule: AllowRuleSource
  readonly kept: readonly ClaimNote[]
  readonly leftOut: readonly ClaimNote[]
  /** What lint finds in the rule, without findings of severity `info`. Empty for most platforms. */
  readonly findings: readonly RuleNote[]
  /** The subject that the rule gives to these claims; undefined if the rule does not compile. */
  readonly subject: string | undefined
}

type Fault = { readonly fault: string }
type Picked = { readonly path: Path; readonly value: Primitive; readonly why: string }

/** Suggests a rule, or says why these claims give none. Pure; throws nothing. */
export function suggest(request: SuggestRequest): Suggestion | Fault {
  const { provider, claims } = request
  const picks = pickClaims(provider, claims)
  if (!picks.some(({ path }) => namesSomebody(path, provider))) {
    const wanted = [...provider.tenantClaims, ...provider.projectClaims]
    const names = wanted.map((path) => nameClaim(path, provider)).join(', ')
    return { fault: `the claims identify no workload: none of ${names} is present` }
  }
  const leftOut = listLeaves(claims)
    .filter((path) => !picks.some((pick) => samePath(pick.path, path)))
    .map((path) => ({
      claim: nameClaim(path, provider),
      why: explainLeftOut(path, provider, picks),
    }))
  const written = writeRenderableRule(request, picks)
  if ('fault' in written) return written
  return {
    ...written,
    findings: lintRule(request, written.rule, picks),
    kept: picks.map(({ path, why }) => ({ claim: nameClaim(path, provider), why })),
    leftOut,
  }
}

/** The claims to pin: the identity, then where and why the workload runs, then safe values. */
function pickClaims(provider: ProviderProfile, claims: JsonObject): readonly Picked[] {
  const { names, tenantClaims, projectClaims } = provider
  const present = (paths: readonly (Path | undefined)[]) =>
    paths.find((path) => path !== undefined && readPinnable(claims, path) !== undefined)
  const owner = present([names.ownerId, ...tenantClaims])
  const project = present([names.projectId, ...projectClaims])
  const candidates: readonly (readonly [Path | undefined, string])[] = [
    [owner, describeId(owner, provider, 'the organization')],
    [project, describeId(project, provider, 'the workload')],
    // A name may pass to another owner. The subject identifies the workload more precisely.
    [isStable(project, provider) ? undefined : ['sub'], "is the platform's name for the workload"],
    [names.ref, 'the branch or tag it runs from'],
    [names.environment, 'the environment it runs in'],
    [names.event, 'the event that starts it'],
    ...(provider.narrowing ?? []).map((path) => [path, 'makes the rule narrower'] as const),
    ...safeValuesOf(provider)
      .filter(({ path, value }) => readPinnable(claims, path) === value)
      .map(({ path }) => [path, 'the value that a careful rule requires'] as const),
  ]
  const picks: Picked[] = []
  for (const [path, why] of candidates) {
    if (path === undefined || picks.some((pick) => samePath(pick.path, path))) continue
    const value = readPinnable(claims, path)
    if (value !== undefined) picks.push({ path, value, why })
  }
  return picks
}

function describeId(path: Path | undefined, provider: ProviderProfile, whom: string): string {
  if (isStable(path, provider)) return `is a permanent id of ${whom}`
  return `names ${whom}; ${provider.id} has no permanent id for it`
}

function isStable(path: Path | undefined, provider: ProviderProfile): boolean {
  if (path === undefined) return false
  return provider.claims?.find((claim) => samePath(claim.path, path))?.immutable === true
}

/** The claim's value, if a condition can have it. Longer values are never compared. */
function readPinnable(claims: JsonObject, path: Path): Primitive | undefined {
  const value = readScalar(claims, path)
  return typeof value === 'string' && value.length > longestValue(value) ? undefined : value
}

function namesSomebody(path: Path, { tenantClaims, projectClaims }: ProviderProfile): boolean {
  return [...tenantClaims, ...projectClaims].some((named) => samePath(named, path))
}

/** The claim's name in a document: with dots, or as a list if the dotted name means another claim. */
function nameClaim(path: Path, provider: ProviderProfile): string {
  const dotted = path.join('.')
  const resolved = resolveClaim(dotted, provider)
  const isSame =
    typeof resolved === 'string'
      ? !path.some((name) => name.includes('.'))
      : samePath(resolved.path, path)
  return isSame ? dotted : JSON.stringify(path)
}

/**
 * The rule and the subject that a gateway would issue. A template that does not render is left out.
 * A claim that is not of the type that the platform sends gives a fault.
 */
function writeRenderableRule(
  request: SuggestRequest,
  picks: readonly Picked[],
): Pick<Suggestion, 'rule' | 'subject'> | Fault {
  const rule = writeRule(request, picks, writeSubject(request, picks))
  const decision = tryRule(request, rule)
  if (typeof decision === 'string') return { fault: decision }
  if (decision?.kind === 'granted') return { rule, subject: decision.subject }
  if (decision?.reason !== 'template_unrenderable') return { rule, subject: undefined }
  const plain = writeRule(request, picks, undefined)
  const decided = tryRule(request, plain)
  const isGranted = typeof decided === 'object' && decided.kind === 'granted'
  return { rule: plain, subject: isGranted ? decided.subject : undefined }
}

const ANY_ISSUER = 'https://issuer.invalid'

const ANY_GATEWAY: Ceilings = {
  gatewayIssuer: 'https://gateway.invalid',
  maxTokenLifetimeSeconds: MAX_TOKEN_LIFETIME_SECONDS,
  maxRuleExpirySeconds: undefined,
  localIssuers: true,
}

/**
 * Decides the claims with a document that has only this rule. Returns the fault of its conditions, or
 * undefined if another part of the document does not compile, such as an issuer that needs keys.
 */
function tryRule(
  request: SuggestRequest,
  rule: AllowRuleSource,
): ClaimsDecision | string | undefined {
  const { issuerName, claims, resource } = request
  const compiled = compileAlone(request, rule)
  if ('problems' in compiled) {
    const found = compiled.problems.find(({ path }) => path[2] === 'when')
    if (found === undefined) return undefined
    // A problem of all conditions names no claim.
    const named = [...found.path.slice(3), found.message].join(' ')
    return `a gateway refuses a rule from these claims: ${named}`
  }
  const asked = { resource, scopes: undefined, rule: undefined }
  // Tokens of a test issuer have another `iss` than the platform. The question is about the rule.
  const [iss] = compiled.trust.issuers.keys()
  const identity = { issuer: issuerName, claims: { ...claims, iss } }
  // Time 0 is before the end of every rule.
  return evaluateClaims(compiled.trust, identity, asked, 0)
}

/**
 * Compiles a document that has only this rule. If the claims have no `iss`, or one that an entry cannot
 * have without keys, the issuer is another one: the question is about the rule.
 */
function compileAlone(
  { issuerName, provider, claims, resource, scopes }: SuggestRequest,
  rule: AllowRuleSource,
): CompileResult {
  const compileWith = (issuer: JsonObject) =>
    compileTrust(
      {
        version: 1,
        issuers: { [issuerName]: { provider: provider.id, ...issuer } },
        resources: { [resource]: { scopes: [...scopes] } },
        rules: [rule],
      },
      ANY_GATEWAY,
    )
  if (provider.issuer.kind === 'fixed') return compileWith({})
  const compiled = compileWith({ issuer: claims.iss ?? ANY_ISSUER })
  const isRefused =
    'problems' in compiled && compiled.problems.some(({ path }) => path[0] === 'issuers')
  return isRefused ? compileWith({ issuer: ANY_ISSUER }) : compiled
}

/** The findings that stop `apply`. Without a permanent id, no condition refuses a namesake. */
function lintRule(
  request: SuggestRequest,
  rule: AllowRuleSource,
  picks: readonly Picked[],
): readonly RuleNote[] {
  const { provider } = request
  const compiled = compileAlone(request, rule)
  if ('problems' in compiled) return []
  const hasId = picks.some(({ path }) => namesSomebody(path, provider) && isStable(path, provider))
  return lint(compiled.trust)
    .filter((finding) => finding.rule === rule.name && isBlocking(finding))
    .map(({ lint: id, message, fix }) => {
      const isOfName = id === 'PROBE' && !hasId
      const why = `${provider.id} has no permanent ids, so no rule can refuse this. Make sure that nobody can register these names again. Then accept PROBE with that reason.`
      return { lint: id, message, fix: isOfName ? why : fix }
    })
}

function writeRule(
  request: SuggestRequest,
  picks: readonly Picked[],
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

/** A subject template with the project's id. Undefined if there is no id or the rule pins `sub`. */
function writeSubject({ provider, issuerName }: SuggestRequest, picks: readonly Picked[]) {
  const { projectId, environment } = provider.names
  const isPicked = (path: Path | undefined): path is Path =>
    path !== undefined && picks.some((pick) => samePath(pick.path, path))
  if (!isPicked(projectId) || isPicked(['sub'])) return undefined
  const parts = [projectId, ...(isPicked(environment) ? [environment] : [])]
  const names = parts.map((path) => nameClaim(path, provider))
  // A template cannot contain a claim path in list form.
  if (names.some((name) => name.startsWith('['))) return undefined
  return [issuerName, ...names.map((name) => `{${name}}`)].join(':')
}
