/**
 * Compiles a trust document to its frozen, indexed form, or returns every problem with its path.
 * The input is never changed. A document is refused if it is inconsistent, exceeds a ceiling of the
 * deployment, or trusts every customer of a shared issuer. Lint reports what is valid but risky.
 */

import type { DocumentProblem } from '../../../contract/admin.ts'
import { describeIssues } from '../../../contract/document-problems.ts'
import { MAX_PROBLEMS, MAX_RULES } from '../../../contract/limits.ts'
import { findShapeFault } from '../../../contract/shape.ts'
import { IN_ENGLISH } from '../../../contract/text.ts'
import {
  type RuleSource,
  type TrustDocument,
  trustDocumentSchema,
} from '../../../contract/trust-document.ts'
import { isJsonObject } from '../../../web/json.ts'
import { indexBySelectivity, indexByTenant } from '../decide/build-index.ts'
import type { Ceilings, CompiledTrust, Resource, Rule, TrustedIssuer } from './compiled.ts'
import type { CompileOptions, IssuerContext, Report, RuleContext } from './context.ts'
import type { IssuerTable } from './issuers/claim-table.ts'
import { compileIssuer, ruleAtOf } from './issuers/issuer.ts'
import {
  checkReservedName,
  createOwnIssuer,
  ruleNamedOf,
  withOwnIssuer,
} from './issuers/own-issuer.ts'
import { OWN_ISSUER } from './issuers/own-name.ts'
import { compileResources, indexTargets, POLICY_RESOURCE } from './resource.ts'
import { compileRule } from './rule.ts'

/** The compiled document, or all its problems. */
export type CompileResult =
  | { readonly trust: CompiledTrust }
  | { readonly problems: readonly DocumentProblem[] }

/** Compiles a trust document. Pure; throws nothing. */
export function compileTrust(
  document: unknown,
  ceilings: Ceilings,
  options: CompileOptions = {},
): CompileResult {
  return compile(document, ceilings, options, 'document')
}

/**
 * Compiles the deploy-time policy (`BOOTSTRAP_TRUST`). It uses the same language. Its only resource
 * is the gateway, with the scopes of the admin API.
 */
export function compilePolicy(document: unknown, ceilings: Ceilings): CompileResult {
  // The policy may have been written for an older release: see `isStored`.
  return compile(document, ceilings, { isStored: true }, 'policy')
}

function compile(...args: Parameters<typeof compileParts>): CompileResult {
  const { trust, problems } = compileParts(...args)
  if (trust === undefined || problems.length > 0) return { problems: limitProblems(problems) }
  return { trust }
}

/**
 * Returns all problems, and the compiled parts if the document can be parsed. A part with a problem
 * may be in `trust`, so the caller must handle each problem before it uses `trust`.
 */
export function compileParts(
  source: unknown,
  ceilings: Ceilings,
  options: CompileOptions,
  kind: 'document' | 'policy',
): {
  readonly trust: CompiledTrust | undefined
  /** The parsed document. */
  readonly source: TrustDocument | undefined
  readonly problems: readonly DocumentProblem[]
} {
  const refuse = (problems: readonly DocumentProblem[]) => ({
    trust: undefined,
    source: undefined,
    problems,
  })
  const shape = findShapeFault(source)
  if (shape !== undefined) return refuse([shape])
  const size = checkSize(source, ceilings)
  if (size !== undefined) return refuse([size])
  const parsed = trustDocumentSchema.safeParse(
    kind === 'policy' ? asPolicy(source) : source,
    IN_ENGLISH,
  )
  if (!parsed.success) return refuse(describeIssues(parsed.error, source))
  const problems: DocumentProblem[] = []
  const report: Report = (path, code, message) => problems.push({ code, path, message })
  const resources = compileResources(parsed.data, ceilings, kind, report)
  const issuers = compileIssuers(parsed.data, { ceilings, options, report })
  checkReservedName(parsed.data, options, report)
  // Admin tokens cannot be exchanged, so a policy has no rules for tokens of the gateway.
  const own = kind === 'policy' ? undefined : createOwnIssuer(parsed.data, ceilings, options)
  const context = {
    ceilings,
    options,
    issuers: withOwnIssuer(issuers, own),
    resources,
    tables: new Map<string, IssuerTable>(),
    ends: new Map<string, number>(),
    isDeclared: (name: string) => Object.hasOwn(parsed.data.issuers, name),
    report,
  }
  const rules = compileRules(parsed.data.rules, context)
  return { trust: freeze(issuers, own, resources, rules), source: parsed.data, problems }
}

/** Checks the deployment's limit on rules, before any rule is parsed. */
export function checkSize(source: unknown, ceilings: Ceilings): DocumentProblem | undefined {
  const most = ceilings.maxRules ?? MAX_RULES
  if (!isJsonObject(source) || !Array.isArray(source.rules) || source.rules.length <= most) {
    return undefined
  }
  return { code: 'value_invalid', path: ['rules'], message: `has more than ${most} rules` }
}

/** Adds the resource to each grant. A policy writes only `grant: { scopes }`. */
function asPolicy(source: unknown): unknown {
  if (!isJsonObject(source)) return source
  if (!Array.isArray(source.rules)) return { version: 1, ...source }
  const rules = source.rules.map((rule: unknown) =>
    isJsonObject(rule) && isJsonObject(rule.grant) && rule.grant.resource === undefined
      ? { ...rule, grant: { ...rule.grant, resource: POLICY_RESOURCE } }
      : rule,
  )
  return { version: 1, ...source, rules }
}

export function compileIssuers(
  document: TrustDocument,
  context: IssuerContext,
): Map<string, TrustedIssuer> {
  const { report } = context
  const issuers = new Map<string, TrustedIssuer>()
  const seen = new Map<string, string>()
  for (const [name, source] of Object.entries(document.issuers)) {
    const issuer = compileIssuer(name, source, context)
    if (issuer === undefined) continue
    const other = seen.get(issuer.url.replace(/\/$/, ''))
    if (other !== undefined) {
      report(['issuers', name], 'issuer_repeated', `has the same issuer URL as "${other}"`)
    }
    seen.set(issuer.url.replace(/\/$/, ''), name)
    const domain = issuer.trustDomain === undefined ? undefined : `spiffe://${issuer.trustDomain}`
    const twin = domain === undefined ? undefined : seen.get(domain)
    if (twin !== undefined) {
      const message = `has the same trust domain as "${twin}"`
      report(['issuers', name, 'trust_domain'], 'issuer_repeated', message)
    }
    if (domain !== undefined) seen.set(domain, name)
    // If two trust domains shared one bundle, each could sign for the other (ISS-06).
    if (issuer.keySource !== issuer.url) {
      const keySource = issuer.keySource.replace(/\/$/, '')
      const sharer = seen.get(keySource)
      if (sharer !== undefined) {
        const message = `has the same bundle endpoint as "${sharer}"`
        report(['issuers', name, 'bundle_endpoint'], 'issuer_repeated', message)
      }
      seen.set(keySource, name)
    }
    issuers.set(name, issuer)
  }
  return issuers
}

function compileRules(sources: readonly RuleSource[], context: RuleContext): Map<string, Rule[]> {
  const rules = new Map<string, Rule[]>()
  const names = new Set<string>()
  for (const [position, source] of sources.entries()) {
    if (names.has(source.name)) {
      const message = `duplicate rule name "${source.name}"`
      context.report(['rules', position, 'name'], 'rule_repeated', message)
    }
    names.add(source.name)
    const rule = compileRule(source, position, context)
    if (rule === undefined) continue
    const ofIssuer = rules.get(source.from) ?? []
    ofIssuer.push(rule)
    rules.set(source.from, ofIssuer)
  }
  return rules
}

function freeze(
  issuers: ReadonlyMap<string, TrustedIssuer>,
  own: TrustedIssuer | undefined,
  resources: ReadonlyMap<string, Resource>,
  rules: ReadonlyMap<string, readonly Rule[]>,
): CompiledTrust {
  const byUrl = new Map<string, TrustedIssuer>()
  for (const [name, issuer] of issuers) {
    byUrl.set(issuer.url, withRules(issuer, rules.get(name) ?? []))
  }
  const all = [...rules.values()].flat().toSorted((a, b) => a.position - b.position)
  const targets = indexTargets(resources)
  const trust = { issuers: byUrl, resources, targets, rules: Object.freeze(all) }
  if (own === undefined) return Object.freeze(trust)
  const ofOwn = issuers.has(OWN_ISSUER) ? [] : (rules.get(OWN_ISSUER) ?? [])
  const tokens = { issuer: withRules(own, ofOwn), ruleNamed: ruleNamedOf(all) }
  return Object.freeze({ ...trust, own: Object.freeze(tokens) })
}

function withRules(issuer: TrustedIssuer, rules: readonly Rule[]): TrustedIssuer {
  return Object.freeze({
    ...issuer,
    ruleAt: ruleAtOf(rules),
    index: indexBySelectivity(rules),
    tenantIndex: indexByTenant(rules),
  })
}

/** Keeps the first problems, and replaces the rest with their number. */
export function limitProblems(problems: readonly DocumentProblem[]): readonly DocumentProblem[] {
  if (problems.length <= MAX_PROBLEMS) return problems
  const more = problems.length - MAX_PROBLEMS
  const rest = { code: 'more_problems', path: [], message: `and ${more} more problems` }
  return [...problems.slice(0, MAX_PROBLEMS), rest]
}
