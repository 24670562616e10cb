/**
 * Builds hostile identities for the issuer of a rule, runs the evaluator on each, and reports those
 * that the rule accepts. Deny rules of the document apply. Rules in observe mode are probed as if
 * they were enforced.
 */

import type { CompiledTrust, Rule, TrustedIssuer } from '../../core/policy/compile/compiled.ts'
import { listIssuers } from '../../core/policy/compile/issuers/own-issuer.ts'
import { holdsAll, holdsExpression } from '../../core/policy/decide/conditions.ts'
import { findMatching } from '../../core/policy/decide/evaluate.ts'
import { type JsonObject, readPath } from '../../web/json.ts'
import { isWriteScope } from '../lint/check.ts'
import type { Severity } from '../lint/finding.ts'
import { type RequiredClause, type RuleView, viewOf } from '../lint/view.ts'
import { GITHUB } from './github.ts'
import { GITLAB } from './gitlab.ts'
import { exampleOf, type Hostility, meet, type ProbeFamily, withClaim } from './probe.ts'
import { BUILDKITE, CIRCLECI, TERRAFORM } from './services.ts'
import { disguise, VALUE_PROBE_NAMES } from './values.ts'
import { AWS, ENTRA, GOOGLE, KUBERNETES, SPIFFE } from './workloads.ts'

const FAMILIES: readonly ProbeFamily[] = [
  GITHUB,
  GITLAB,
  TERRAFORM,
  CIRCLECI,
  BUILDKITE,
  KUBERNETES,
  SPIFFE,
  AWS,
  ENTRA,
  GOOGLE,
]

export const PROBE_NAMES: readonly string[] = [
  ...FAMILIES.flatMap(({ probes }) => probes.map(({ name }) => name)),
  ...VALUE_PROBE_NAMES,
]

export type ProbeHit = {
  readonly probe: string
  readonly severity: Severity
  /** One sentence: the identity that the rule accepts. */
  readonly why: string
  /** The claims of the accepted identity. */
  readonly identity: JsonObject
}

export type ProbeRun = { readonly probe: string; readonly isLetIn: boolean; readonly hit: ProbeHit }

/** The hostile identities that a rule accepts at a time (epoch seconds). Pure. */
export function probeRule(trust: CompiledTrust, rule: Rule, at: number): readonly ProbeHit[] {
  return runProbes(trust, rule, at).flatMap(({ isLetIn, hit }) => (isLetIn ? [hit] : []))
}

/** Every probe that applies to the rule, and its result. */
export function runProbes(trust: CompiledTrust, rule: Rule, at: number): readonly ProbeRun[] {
  const { grant } = rule
  const issuer = listIssuers(trust).find(({ name }) => name === rule.from)
  if (issuer === undefined || grant === undefined) return []
  const families = FAMILIES.filter(({ appliesTo }) => appliesTo(issuer.profile))
  const view = viewOf(rule, issuer.profile)
  const asked: Rule = { ...rule, conditions: view.required }
  const example = meetExpression(rule, view, exampleOf(asked, usualClaims(families, asked, issuer)))
  const writes = grant.scopes.some(isWriteScope)
  const run = (
    probe: string,
    hostility: Hostility,
    who: string,
    identity: JsonObject,
  ): ProbeRun => ({
    probe,
    isLetIn: isLetIn(issuer, rule, identity, at),
    hit: { probe, severity: severityOf(hostility, writes), why: `accepts ${who}`, identity },
  })
  return [
    ...families.flatMap(({ probes }) =>
      probes.flatMap(({ name, hostility, who, change }) => {
        const identity = change(example, asked)
        return identity === undefined ? [] : run(name, hostility, who, identity)
      }),
    ),
    ...view.required
      .filter(isDisguised)
      .flatMap((condition) =>
        disguise(example, condition).map(({ name, who, identity }) =>
          run(name, 'stranger', who, identity),
        ),
      ),
  ]
}

/** On an instance that the customer runs, no runner belongs to the vendor. */
function usualClaims(
  families: readonly ProbeFamily[],
  rule: Rule,
  { profile: { names, tenancy } }: TrustedIssuer,
): JsonObject {
  const usual = Object.assign({}, ...families.map(({ claims }) => claims(rule))) as JsonObject
  const { runner } = names
  if (tenancy !== 'self_hosted' || runner === undefined) return usual
  return readPath(usual, runner) === undefined ? usual : withClaim(usual, runner, 'self-hosted')
}

/** Exclusions in an expression are not probed: LINT-39 reports that they exclude only one value. */
function isDisguised({ place, test }: RequiredClause): boolean {
  return place[0] === 'when' || test.kind !== 'none_of'
}

/** Changes the example to meet the first alternative that makes the expression hold. */
function meetExpression(rule: Rule, { clauses }: RuleView, example: JsonObject): JsonObject {
  if (rule.expression === undefined || holdsExpression(rule, example)) return example
  const met = clauses
    .flatMap(({ test, ...clause }) =>
      clause.isRequired || test.kind === 'opaque' ? [] : [meet(example, { ...clause, test })],
    )
    .find((one) => holdsExpression(rule, one))
  return met ?? example
}

/** The severity. A run of the rule's own project that can only read gets a note. */
function severityOf(hostility: Hostility, writes: boolean): Severity {
  if (hostility === 'stranger' || writes) return 'error'
  return hostility === 'namesake' ? 'warn' : 'info'
}

/** Whether the rule accepts the identity. Rules never see a token of another issuer. */
function isLetIn(issuer: TrustedIssuer, rule: Rule, identity: JsonObject, at: number): boolean {
  if (identity.iss !== undefined && identity.iss !== issuer.url) return false
  const { resource } = rule.grant ?? {}
  if (resource === undefined) return false
  const moment = Math.min(at, rule.expiresAt - 1)
  const request = { resource, scopes: undefined, rule: rule.name }
  const matching = findMatching({ issuer, claims: identity, request, at: moment })
  const isDenied = matching.some(({ grant, mode }) => grant === undefined && mode === 'enforce')
  if (isDenied) return false
  // A probe assumes an actor that meets `acting_as`.
  return rule.actingAs === undefined ? matching.includes(rule) : holdsAll(rule, identity)
}
