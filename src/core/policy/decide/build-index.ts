/**
 * Builds the index of an issuer's rules. Each rule is filed under its most selective condition: an
 * equality, or the literal text of a glob. Rules without such a condition are evaluated for every
 * token. `rule-index.ts` reads the index.
 */
import type { Condition, Rule, RuleIndex, RuleLookup } from '../compile/compiled.ts'
import { keyOf as contentOf } from './could-be.ts'
import { hashText, KINDS, keyAt, type Place, placeOfValue, placesOfGlob } from './index-keys.ts'
import { saltOf, tenantConditions } from './rule-index.ts'

/** Indexes each rule by its most selective condition. */
export function indexBySelectivity(rules: readonly Rule[]): RuleIndex {
  return build(rules, ({ conditions }) => conditions, 0)
}

/**
 * Indexes the allow rules that pin a tenant, by their resource and a condition that pins it. Deny
 * rules are left out: `trace-rules.ts` finds those that match in the other index.
 */
export function indexByTenant(rules: readonly Rule[]): RuleIndex {
  return build(
    rules,
    (rule) => {
      const pins = tenantConditions(rule)
      const isExplained = rule.grant !== undefined && rule.mode === 'enforce' && pins.length > 0
      return isExplained ? pins : undefined
    },
    ({ grant }) => saltOf(grant?.resource ?? ''),
  )
}

/** The places under which a rule with this condition can be filed, and the rules found there. */
type Filing = { readonly condition: Condition; readonly places: readonly Place[]; cost: number }

/** `conditionsOf` returns undefined for a rule that is left out. */
function build(
  rules: readonly Rule[],
  conditionsOf: (rule: Rule) => readonly Condition[] | undefined,
  salt: 0 | ((rule: Rule) => number),
): RuleIndex {
  const claims = new Map<readonly string[], number>()
  const filings = chooseFilings(rules, conditionsOf, claims)
  const keys = new Map<number, number[]>()
  const drafts = new Map<readonly string[], Draft>()
  const rest: number[] = []
  for (const [ordinal, rule] of rules.entries()) {
    const conditions = conditionsOf(rule)
    if (conditions === undefined) continue
    const filing = cheapest(conditions, filings)
    if (filing === undefined) {
      rest.push(ordinal)
      continue
    }
    const { path, foldsCase } = filing.condition
    const claim = claims.get(path) ?? 0
    const draft = drafts.get(path) ?? createDraft(path, foldsCase, claim)
    drafts.set(path, draft)
    for (const place of placesIn(draft, filing, { grant: rule.grant, ordinal })) {
      const key = keyAt(place, claim, salt === 0 ? 0 : salt(rule))
      const filed = keys.get(key)
      if (filed === undefined) keys.set(key, [ordinal])
      else if (filed.at(-1) !== ordinal) filed.push(ordinal)
    }
  }
  return pack(keys, [...drafts.values()], rest)
}

/** The cheapest filing of each condition: the one under which the fewest rules are found. */
function chooseFilings(
  rules: readonly Rule[],
  conditionsOf: (rule: Rule) => readonly Condition[] | undefined,
  claims: Map<readonly string[], number>,
): ReadonlyMap<Condition, Filing> {
  const uses = new Map<Condition, number>()
  for (const rule of rules) {
    for (const condition of conditionsOf(rule) ?? []) {
      const { test, path } = condition
      if (test.kind !== 'any_of' && test.kind !== 'glob') continue
      uses.set(condition, (uses.get(condition) ?? 0) + 1)
      // Conditions of one issuer share paths: see `claim-table.ts`.
      if (!claims.has(path)) claims.set(path, claims.size)
    }
  }
  const counts = new Map<number, number>()
  const options = new Map<Condition, readonly Filing[]>()
  for (const [condition, count] of uses) {
    const filings = filingsOf(condition)
    options.set(condition, filings)
    const claim = claims.get(condition.path) ?? 0
    for (const place of filings.flatMap(({ places }) => places)) {
      const key = keyAt(place, claim, 0)
      counts.set(key, (counts.get(key) ?? 0) + count)
    }
  }
  const chosen = new Map<Condition, Filing>()
  for (const [condition, filings] of options) {
    const claim = claims.get(condition.path) ?? 0
    for (const filing of filings) {
      // A rule with several values is found under each of them.
      for (const place of filing.places) filing.cost += counts.get(keyAt(place, claim, 0)) ?? 0
      if (filing.cost < (chosen.get(condition)?.cost ?? Number.POSITIVE_INFINITY)) {
        chosen.set(condition, filing)
      }
    }
  }
  return chosen
}

function filingsOf(condition: Condition): readonly Filing[] {
  const { test } = condition
  if (test.kind === 'any_of') return [{ condition, places: test.values.map(placeOfValue), cost: 0 }]
  if (test.kind !== 'glob') return []
  return placesOfGlob(test.pattern.source).map((place) => ({ condition, places: [place], cost: 0 }))
}

/** On equal cost an equality is chosen, because a look-up of globs searches the claim. */
function cheapest(
  conditions: readonly Condition[],
  filings: ReadonlyMap<Condition, Filing>,
): Filing | undefined {
  let chosen: Filing | undefined
  for (const condition of conditions) {
    const filing = filings.get(condition)
    if (filing === undefined) continue
    const isTie = filing.cost === chosen?.cost && chosen.condition.test.kind === 'glob'
    if (chosen === undefined || filing.cost < chosen.cost) chosen = filing
    else if (isTie && condition.test.kind === 'any_of') chosen = filing
  }
  return chosen
}

/** A look-up whose lists are not packed yet. */
type Draft = Omit<RuleLookup, 'denials' | 'globDenials' | 'prefixes' | 'suffixes' | 'pieces'> & {
  hasValues: boolean
  readonly denials: number[]
  readonly globDenials: number[]
  readonly prefixes: Set<number>
  readonly suffixes: Set<number>
  readonly pieces: Set<number>
}

function createDraft(path: readonly string[], foldsCase: boolean, claim: number): Draft {
  return {
    path,
    foldsCase,
    claim,
    hasValues: false,
    denials: [],
    globDenials: [],
    prefixes: new Set(),
    suffixes: new Set(),
    pieces: new Set(),
  }
}

/** Notes in the look-up what must be looked up to find this rule. Returns the rule's places. */
function placesIn(
  draft: Draft,
  { condition: { test }, places }: Filing,
  { grant, ordinal }: Pick<Rule, 'grant'> & { readonly ordinal: number },
): readonly Place[] {
  const isDenial = grant === undefined
  if (test.kind === 'any_of') {
    if (!isDenial) draft.hasValues = true
    else draft.denials.push(ordinal)
    return isDenial ? test.values.map(placeOfDenial) : places
  }
  if (isDenial) draft.globDenials.push(ordinal)
  for (const { kind, length } of places) {
    if (kind === KINDS.prefix) draft.prefixes.add(length)
    else if (kind === KINDS.suffix) draft.suffixes.add(length)
    else draft.pieces.add(length)
  }
  return places
}

function placeOfDenial(value: Parameters<typeof contentOf>[0]): Place {
  return { kind: KINDS.denial, hash: hashText(contentOf(value)), length: 0 }
}

/** Packs the keys in a table with open addressing, and the lists of rules one after another. */
function pack(
  keys: ReadonlyMap<number, readonly number[]>,
  drafts: readonly Draft[],
  rest: readonly number[],
): RuleIndex {
  const lists = [...keys.values(), rest, ...drafts.flatMap((one) => [one.denials, one.globDenials])]
  // Offset 0 is the empty list.
  const packed = new Uint32Array(lists.reduce((sum, { length }) => sum + length + 1, 1))
  let end = 1
  const append = (list: readonly number[]): number => {
    if (list.length === 0) return 0
    const offset = end
    packed[offset] = list.length
    packed.set(list, offset + 1)
    end += list.length + 1
    return offset
  }
  const slots = new Uint32Array(4 << Math.ceil(Math.log2(keys.size + 1)))
  for (const [key, list] of keys) {
    let slot = (key * 2) & (slots.length - 1)
    while (slots[slot + 1] !== 0) slot = (slot + 2) & (slots.length - 1)
    slots[slot] = key
    slots[slot + 1] = append(list)
  }
  const lookups = drafts.map((draft) =>
    Object.freeze({
      ...draft,
      denials: append(draft.denials),
      globDenials: append(draft.globDenials),
      prefixes: Object.freeze([...draft.prefixes]),
      suffixes: Object.freeze([...draft.suffixes]),
      pieces: Object.freeze([...draft.pieces]),
    }),
  )
  const restAt = append(rest)
  return Object.freeze({
    lookups: Object.freeze(lookups),
    slots,
    lists: packed.slice(0, end),
    rest: restAt,
  })
}
