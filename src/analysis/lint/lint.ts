/**
 * Reports the risks in a compiled document: 54 named checks find dangerous rules, and probes find
 * hostile identities that a rule accepts. Lint refuses nothing. `apply` requires that findings are
 * fixed or accepted.
 */
import type { CompiledTrust, Rule, TrustedIssuer } from '../../core/policy/compile/compiled.ts'
import { listIssuers } from '../../core/policy/compile/issuers/own-issuer.ts'
import { probeRule } from '../probes/probes.ts'
import { findIdleAcceptances } from './acceptances.ts'
import { type AnyRule, type Found, isWriteScope, type LintedRule } from './check.ts'
import type { Finding, LintId } from './finding.ts'
import { ANY_RULE_CHECKS, DOCUMENT_CHECKS, ISSUER_CHECKS, RULE_CHECKS } from './registry.ts'
import { viewOf } from './view.ts'

/** Options of `lint`. */
export type LintOptions = {
  /** Epoch seconds, for checks of expiry. Without it, no finding depends on the time. */
  readonly at?: number
}

/**
 * All findings: issuers, then rules, then the document as a whole, then acceptances. Accepted
 * findings are included, with the reason of the acceptance.
 */
export function lint(trust: CompiledTrust, options: LintOptions = {}): readonly Finding[] {
  const { at } = options
  const byName = new Map(listIssuers(trust).map((issuer) => [issuer.name, issuer]))
  const ofRules = trust.rules.flatMap((rule) => [
    ...lintRule(trust, rule, byName.get(rule.from), at),
    ...lintActor(trust, rule, byName, at),
  ])
  const ofDocument = DOCUMENT_CHECKS.flatMap(({ lint, check }) =>
    check(trust, at).map(({ rule, ...found }) => toFinding(lint, found, found.path, rule)),
  )
  return [
    ...[...trust.issuers.values()].flatMap((issuer) => lintIssuer(issuer, trust)),
    ...ofRules,
    ...ofDocument,
    ...lintAcceptances(trust, [...ofRules, ...ofDocument], at),
  ]
}

/**
 * All findings about a deploy-time policy (`BOOTSTRAP_TRUST`). Its only resource is the gateway, which
 * the policy does not name, so there is no finding about a resource.
 */
export function lintPolicy(policy: CompiledTrust, options: LintOptions = {}): readonly Finding[] {
  return lint(policy, options).filter(({ path: [part] }) => part !== 'resources')
}

/** LINT-50 needs all other findings. */
function lintAcceptances(
  { rules }: CompiledTrust,
  findings: readonly Finding[],
  at: number | undefined,
): readonly Finding[] {
  return rules
    .filter(({ accepts }) => accepts.length > 0)
    .flatMap((rule) => {
      const own = findings.filter((finding) => finding.rule === rule.name)
      return findIdleAcceptances(rule, own, at).map((found) =>
        toFinding('LINT-50', found, ['rules', rule.position, ...found.path], rule),
      )
    })
}

/** Whether a finding stops `apply`: it is not accepted, and its severity is not `info`. */
export function isBlocking(finding: Finding): boolean {
  return finding.accepted === undefined && finding.severity !== 'info'
}

function lintIssuer(issuer: TrustedIssuer, trust: CompiledTrust): readonly Finding[] {
  return ISSUER_CHECKS.flatMap(({ lint, check }) =>
    check(issuer, trust).map((found) =>
      toFinding(lint, found, ['issuers', issuer.name, ...found.path], undefined),
    ),
  )
}

type Check<Subject> = {
  readonly lint: LintId
  readonly check: (subject: Subject) => readonly Found[]
}

function lintRule(
  trust: CompiledTrust,
  rule: Rule,
  issuer: TrustedIssuer | undefined,
  at: number | undefined,
): readonly Finding[] {
  if (issuer === undefined) return []
  const { grant } = rule
  const start = ['rules', rule.position]
  const anyRule: AnyRule = { trust, issuer, rule, view: viewOf(rule, issuer.profile) }
  const find = <Subject>(checks: readonly Check<Subject>[], subject: Subject) =>
    checks.flatMap(({ lint, check }) =>
      dropRepeated(check(subject)).map((one) =>
        toFinding(lint, one, [...start, ...one.path], rule),
      ),
    )
  const ofAny = find(ANY_RULE_CHECKS, anyRule)
  if (grant === undefined) return ofAny
  const writes = grant.scopes.filter(isWriteScope)
  const allow: LintedRule = { ...anyRule, grant, writes, at }
  const probed = probeRule(trust, rule, at ?? 0).map(({ why, severity, identity }) =>
    toFinding(
      'PROBE',
      {
        severity,
        path: [],
        message: why,
        fix: 'Narrow the conditions until they refuse this identity.',
        identity,
      },
      [...start, 'when'],
      rule,
    ),
  )
  return [...find(RULE_CHECKS, allow), ...ofAny, ...probed]
}

/**
 * Holds the conditions on the actor against the checks of conditions on a subject: as those of a rule
 * `from` the issuer of the actor. Findings about the rest of the rule are not repeated.
 */
function lintActor(
  trust: CompiledTrust,
  rule: Rule,
  issuers: ReadonlyMap<string, TrustedIssuer>,
  at: number | undefined,
): readonly Finding[] {
  const { actingAs, grant } = rule
  const issuer = actingAs && issuers.get(actingAs.from)
  if (issuer === undefined) return []
  const asSubject: Rule = {
    ...rule,
    ...actingAs,
    actingAs: undefined,
    expression: undefined,
    grant: grant && { ...grant, subject: undefined, claims: [], budget: undefined },
  }
  const subject: AnyRule = {
    trust,
    issuer,
    rule: asSubject,
    view: viewOf(asSubject, issuer.profile),
  }
  const writes = grant?.scopes.filter(isWriteScope) ?? []
  const find = <Subject>(checks: readonly Check<Subject>[], of: Subject): readonly Finding[] =>
    checks.flatMap(({ lint, check }) =>
      dropRepeated(check(of))
        .filter(({ path: [member] }) => member === 'when' || member === 'from')
        .map((one) =>
          toFinding(
            lint,
            { ...one, message: `of the actor: ${one.message}` },
            ['rules', rule.position, 'acting_as', ...one.path],
            rule,
          ),
        ),
    )
  return [
    ...(grant === undefined ? [] : find(RULE_CHECKS, { ...subject, grant, writes, at })),
    ...find(ANY_RULE_CHECKS, subject),
  ]
}

/** Drops equal findings. An expression may compare a claim with the same text several times. */
function dropRepeated(found: readonly Found[]): readonly Found[] {
  if (found.length < 2) return found
  return [...new Map(found.map((one) => [JSON.stringify([one.path, one.message]), one])).values()]
}

function toFinding(
  lint: LintId,
  found: Found,
  path: Finding['path'],
  rule: Rule | undefined,
): Finding {
  const acceptance = rule?.accepts.find((accepted) => accepted.lint === lint)
  return Object.freeze({
    lint,
    severity: found.severity,
    path,
    rule: rule?.name,
    message: found.message,
    fix: found.fix,
    ...(found.identity === undefined ? {} : { identity: found.identity }),
    ...(acceptance === undefined ? {} : { accepted: acceptance.reason }),
  })
}
