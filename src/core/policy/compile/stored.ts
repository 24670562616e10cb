/**
 * Reads a trust document that was accepted before, perhaps by an older release or under higher
 * ceilings. A part that no longer compiles is left out and reported. This never issues more: an
 * allow rule that is left out grants nothing, and if a deny rule is left out, its issuer is closed.
 * A new document is compiled by `compile.ts`, where one problem refuses the whole document.
 */

import type { DocumentProblem } from '../../../contract/admin.ts'
import { MAX_ISSUERS, MAX_RESOURCES, MAX_RULES_CEILING } from '../../../contract/limits.ts'
import type { TrustDocument } from '../../../contract/trust-document.ts'
import { isJsonObject, type JsonObject } from '../../../web/json.ts'
import { describeKeyFault } from '../../keys/issuer-keys.ts'
import { MAX_STORED_PASSES } from '../../limits.ts'
import { checkSize, compileParts, limitProblems } from './compile.ts'
import type { Ceilings, CompiledTrust, OwnTokens } from './compiled.ts'
import { OWN_ISSUER } from './issuers/own-name.ts'

/** The usable parts of a stored document, and the problems of the rest. */
export type StoredTrust = {
  /** Undefined if no part is usable. */
  readonly trust: CompiledTrust | undefined
  /** The parsed document without the parts that are left out. */
  readonly source?: TrustDocument | undefined
  readonly problems: readonly DocumentProblem[]
}

/**
 * Problems that leave nothing out: lifetimes are cut when a token is issued, and scopes are a set.
 */
const HARMLESS: ReadonlySet<string> = new Set(['lifetime_above_ceiling', 'scope_repeated'])

export function isHarmless(code: string): boolean {
  return HARMLESS.has(code)
}

/** The remaining part of the document. */
type Rest = {
  readonly document: JsonObject
  /** The position of each remaining rule in the stored document. */
  readonly positions: readonly number[]
  /** Names of issuers that lost a deny rule. */
  readonly closed: ReadonlySet<string>
}

type Parts = {
  readonly issuers: ReadonlySet<string>
  /** Names of issuers whose URL or trust domain another remaining entry also has. */
  readonly twins: ReadonlySet<string>
  readonly resources: ReadonlySet<string>
  /** Indexes into the remaining rules. */
  readonly rules: ReadonlySet<number>
}

/** Compiles the usable parts of a stored document. Pure; throws nothing. */
export function compileStored(document: unknown, ceilings: Ceilings): StoredTrust {
  if (!isJsonObject(document))
    return compileParts(document, ceilings, { isStored: true }, 'document')
  const tooMany = checkSize(document, ceilings)
  const problems: DocumentProblem[] = tooMany === undefined ? [] : [tooMany]
  const hardest = { ...ceilings, maxRules: MAX_RULES_CEILING }
  let rest = trim(document, problems)
  for (let pass = 0; pass < MAX_STORED_PASSES; pass += 1) {
    const {
      trust,
      source,
      problems: found,
    } = compileParts(rest.document, hardest, { isStored: true }, 'document')
    const placed = found.map((problem) => ({ problem, original: placeOf(problem, rest) }))
    const deciding = placed.filter(({ problem }) => !isHarmless(problem.code))
    if (deciding.length === 0 && trust !== undefined) {
      problems.push(...placed.map(({ original }) => original))
      const isPartial = problems.some(({ code }) => !isHarmless(code))
      problems.push(...findUnusableKeys(trust))
      const closed = closeIssuers(trust, rest.closed)
      return {
        trust: isPartial ? Object.freeze({ ...closed, isPartial }) : closed,
        source,
        problems: limitProblems(problems),
      }
    }
    problems.push(...deciding.map(({ original }) => original))
    const parts = partsOf(deciding.map(({ problem }) => problem))
    const smaller = parts && without(rest, parts)
    if (smaller === undefined) break
    rest = smaller
  }
  return { trust: undefined, problems: limitProblems(problems) }
}

/** Reports the keys that this release cannot use. The issuer keeps its other keys. */
export function findUnusableKeys({ issuers }: CompiledTrust): readonly DocumentProblem[] {
  return [...issuers.values()].flatMap(({ name, unusableKeys }) =>
    unusableKeys.map((fault) => ({
      code: 'keys_unusable',
      path: ['issuers', name, 'keys', 'jwks'],
      message: describeKeyFault(fault),
    })),
  )
}

/** The parts with problems; undefined if a problem concerns the document as a whole. */
function partsOf(problems: readonly DocumentProblem[]): Parts | undefined {
  const parts = {
    issuers: new Set<string>(),
    twins: new Set<string>(),
    resources: new Set<string>(),
    rules: new Set<number>(),
  }
  for (const { path, code } of problems) {
    const [kind, key] = path
    if (kind === 'rules' && typeof key === 'number') parts.rules.add(key)
    else if ((kind === 'issuers' || kind === 'resources') && typeof key === 'string') {
      parts[kind].add(key)
      if (code === 'issuer_repeated') parts.twins.add(key)
    } else return undefined
  }
  return parts
}

/**
 * The document without these parts; undefined if a deny rule of an unknown issuer would be lost.
 */
function without({ document, positions, closed }: Rest, parts: Parts): Rest | undefined {
  const nowClosed = new Set(closed)
  const rules = rulesOf(document)
  const issuers = isJsonObject(document.issuers) ? document.issuers : {}
  for (const [index, rule] of rules.entries()) {
    if (isHarmlessToLose(rule)) continue
    const from = isJsonObject(rule) ? rule.from : undefined
    const isNamed =
      typeof from === 'string' && (from === OWN_ISSUER || Object.hasOwn(issuers, from))
    if (isNamed && parts.twins.has(from)) return undefined
    if (!parts.rules.has(index)) continue
    if (!isNamed) return undefined
    nowClosed.add(from)
  }
  // Without its issuer, no rule can match. Without its resource, an allow rule cannot grant.
  const isKept = (rule: unknown, index: number) =>
    !parts.rules.has(index) &&
    !(isJsonObject(rule) && typeof rule.from === 'string' && parts.issuers.has(rule.from)) &&
    !(isHarmlessToLose(rule) && parts.resources.has(resourceOf(rule)))
  const kept = rules.flatMap((rule, index) => (isKept(rule, index) ? [index] : []))
  return {
    document: {
      ...document,
      ...omit(document, 'issuers', parts.issuers),
      ...omit(document, 'resources', parts.resources),
      ...(Array.isArray(document.rules) ? { rules: kept.map((index) => rules[index]) } : {}),
    },
    positions: kept.map((index) => positions[index] ?? index),
    closed: nowClosed,
  }
}

/**
 * Whether the document issues no more without this rule: it allows, or it only observes. A rule
 * without `effect` counts as an allow rule only if it has a grant. Otherwise its effect may be lost.
 */
function isHarmlessToLose(rule: unknown): boolean {
  if (!isJsonObject(rule)) return false
  if (rule.mode === 'observe' || rule.effect === 'allow') return true
  return rule.effect === undefined && rule.grant !== undefined
}

/** Leaves out the issuers and resources beyond the limits of this release. */
function trim(document: JsonObject, problems: DocumentProblem[]): Rest {
  const beyond = (kind: 'issuers' | 'resources', most: number): ReadonlySet<string> => {
    const names = isJsonObject(document[kind]) ? Object.keys(document[kind]) : []
    if (names.length <= most) return new Set()
    const message = `has more than ${most} ${kind}: the rest is ignored`
    problems.push({ code: 'value_invalid', path: [kind], message })
    return new Set(names.slice(most))
  }
  const parts = {
    issuers: beyond('issuers', MAX_ISSUERS),
    twins: new Set<string>(),
    resources: beyond('resources', MAX_RESOURCES),
    rules: new Set<number>(),
  }
  const whole = { document, positions: [...rulesOf(document).keys()], closed: new Set<string>() }
  return without(whole, parts) ?? whole
}

function closeIssuers(trust: CompiledTrust, names: ReadonlySet<string>): CompiledTrust {
  if (names.size === 0) return trust
  const issuers = [...trust.issuers].map(([url, issuer]) =>
    names.has(issuer.name)
      ? ([url, Object.freeze({ ...issuer, isClosed: true })] as const)
      : ([url, issuer] as const),
  )
  const { own } = trust
  const isOwnClosed = own !== undefined && names.has(OWN_ISSUER)
  return Object.freeze({
    ...trust,
    issuers: new Map(issuers),
    ...(isOwnClosed ? { own: closeOwn(own) } : {}),
  })
}

function closeOwn(own: OwnTokens): OwnTokens {
  return Object.freeze({ ...own, issuer: Object.freeze({ ...own.issuer, isClosed: true }) })
}

/** The problem with its path in the stored document. */
function placeOf(problem: DocumentProblem, { positions }: Rest): DocumentProblem {
  const [kind, key, ...steps] = problem.path
  if (kind !== 'rules' || typeof key !== 'number') return problem
  return { ...problem, path: [kind, positions[key] ?? key, ...steps] }
}

function rulesOf(document: JsonObject): readonly unknown[] {
  return Array.isArray(document.rules) ? document.rules : []
}

function resourceOf(rule: unknown): string {
  const grant = isJsonObject(rule) ? rule.grant : undefined
  return isJsonObject(grant) && typeof grant.resource === 'string' ? grant.resource : ''
}

function omit(document: JsonObject, kind: string, names: ReadonlySet<string>): JsonObject {
  const members = document[kind]
  if (!isJsonObject(members) || names.size === 0) return {}
  const kept = Object.entries(members).filter(([name]) => !names.has(name))
  return { [kind]: Object.fromEntries(kept) }
}
