/**
 * Generates trust documents and exchanges from a seed, for tests that decide each of them in two
 * ways. They cover every kind of rule, template, claim and request. The time of the decision is
 * fixed.
 */

type Json = Readonly<Record<string, unknown>>

export const CASES_AT = 1_795_000_000
/** The time at which the document is written: before some of its rules end. */
export const WRITTEN_AT = Date.UTC(2026, 0, 2) / 1000
const CASES_API = 'https://api.test'
const OTHER = 'https://other.test'
const URI = 'https://uri.test'
const OTHER_NAMES = ['api://other', 'other-client', 'other.test'] as const

/** The `aud` of a token for the resource with this name. */
export function audienceOf(name: string): string {
  return name === OTHER || OTHER_NAMES.some((other) => other === name) ? 'other.test' : name
}

export type CaseIssuer = 'plain' | 'gitlab'

export type DecisionCase = {
  readonly issuer: CaseIssuer
  readonly claims: Json
  readonly request: {
    readonly resource: string | undefined
    readonly scopes: readonly string[] | undefined
    readonly rule: string | undefined
    readonly lifetimeSeconds: number | undefined
    readonly context: { readonly country?: string; readonly asn?: number }
  }
}

export type Random = {
  readonly below: (limit: number) => number
  readonly one: <T>(values: readonly [T, ...T[]]) => T
  readonly some: <T>(values: readonly T[], share: number) => T[]
  readonly chance: (share: number) => boolean
}

/** mulberry32: one seed gives the same numbers on every platform. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const one = <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] ?? values[0]
  const chance = (share: number) => next() < share
  return { below, one, chance, some: (values, share) => values.filter(() => chance(share)) }
}

const CONDITIONS: readonly [Json, ...Json[]] = [
  { a: 'x' },
  { a: ['x', 'y', 5] },
  { a: { not: 'x' } },
  { a: { not: [5, 'true'] } },
  { b: { glob: 'x*' } },
  { b: { glob: '**' } },
  { n: { min: 3 } },
  { n: { min: 0, max: 9 } },
  { n: 5 },
  { list: { contains: 'x' } },
  { list: { contains: ['x', 5] } },
  { c: { exists: true } },
  { c: { exists: false } },
  { 'o.k': 'x' },
]
const EXPRESSIONS: readonly [string, ...string[]] = [
  'claims.a == claims.b',
  'has(claims.a) && claims.a.startsWith("x")',
  '!has(claims.c) || claims.c == "x"',
  'request.country == "DE"',
  'has(request.asn) && request.asn > 1000',
  'claims.list.exists(one, one == "x")',
]
const SUBJECTS: readonly [string | undefined, ...(string | undefined)[]] = [
  undefined,
  undefined,
  'fixed',
  's:{a}',
  's:{a}:{b}',
  '{a}-{b}/{n}',
  's:{long}',
  's:{long|sha256}',
  '{a|sha256}:{n}',
  's:{o.k}',
  '{sub}',
  '{list}',
]
const CLAIMS = [
  ['one', '{a}'],
  ['pair', '{a}-{b}'],
  ['number', 'n={n}'],
  ['hash', '{c|sha256}'],
  ['long', '{long}'],
  ['https://acme.dev/tags', { principal_tags: { A: ['{a}'], B: ['x', '{b}:{n}'] }, level: 5 }],
  ['many', Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? '{long}' : index))],
] as const
/** Subjects for a resource whose subject is a URI. */
const URIS = [
  'https://acme.dev/{a}/{b}',
  'urn:acme:{a}:{c}',
  'spiffe://acme.dev/ns/{a}/sa/{b}',
  'spiffe://acme.dev/.{a}/{long}',
  'https://acme.dev/{a|sha256}',
] as const
const WORDS: readonly [unknown, ...unknown[]] = [
  'x',
  'x',
  'x',
  'y',
  'x:y',
  'x-y',
  '100%',
  'ü😀',
  '5',
  5,
  'true',
  true,
  null,
  '',
  ['x'],
  { k: 'x' },
  'x\n',
  undefined,
]
const NUMBERS: readonly [unknown, ...unknown[]] = [5, 5, 7, 2, '5', 5.5, -1, 2 ** 60, undefined]
const LISTS: readonly [unknown, ...unknown[]] = [['x'], ['x', 5], ['5'], 'x', [], [{}], undefined]
const LONG: readonly [unknown, ...unknown[]] = [
  'short',
  'l'.repeat(250),
  'l'.repeat(260),
  'l'.repeat(2049),
  undefined,
]
const SUBS: readonly [string, ...string[]] = [
  'job:1',
  'a%b:c',
  'ü'.repeat(120),
  'j'.repeat(244),
  `spiffe://acme.dev/${'p'.repeat(2030)}`,
  `sha256:${'0a'.repeat(32)}`,
]

/** Makes rules in groups. A token matches one group, so one document gives many decisions. */
export function makeDocument(
  random: Random,
  groups: number,
  issuers: Readonly<Record<CaseIssuer, Json>>,
) {
  const rules = Array.from({ length: groups }, (_, group) =>
    Array.from({ length: 1 + random.below(4) }, (__, index) => makeRule(random, group, index)),
  )
  return {
    version: 1,
    issuers,
    resources: {
      [CASES_API]: { scopes: ['read', 'write', 'admin'], max_lifetime: '40m' },
      [OTHER]: {
        scopes: ['read'],
        audience: 'other.test',
        also_known_as: ['api://other', 'other-client'],
      },
      [URI]: { scopes: ['read'], subject: 'uri' },
    },
    rules: rules.flat(),
  }
}

const issuerOf = (group: number): CaseIssuer => (group % 5 === 0 ? 'gitlab' : 'plain')

function makeRule(random: Random, group: number, index: number): Json {
  const from = issuerOf(group)
  const isPlain = from === 'plain'
  const head = {
    name: `r${group}-${index}`,
    from,
    when: {
      [isPlain ? 'group' : 'namespace_id']: `g${group}`,
      ...(isPlain && random.chance(0.5) ? random.one(CONDITIONS) : {}),
      ...(isPlain && random.chance(0.2) ? random.one(CONDITIONS) : {}),
      ...(!isPlain && random.chance(0.5) ? { runner_id: { min: 3 } } : {}),
    },
    ...(isPlain && random.chance(0.15) ? { condition: random.one(EXPRESSIONS) } : {}),
    ...(random.chance(0.1) ? { mode: 'observe' } : {}),
  }
  if (random.chance(0.12)) return { ...head, effect: 'deny' }
  return {
    ...head,
    owner: 'platform@example.com',
    expires: random.chance(0.08) ? '2026-01-31' : '2099-12-31',
    grant: isPlain ? makeGrant(random) : makeGitLabGrant(random),
  }
}

function makeGrant(random: Random): Json {
  if (random.chance(0.15)) return { resource: URI, scopes: ['read'], subject: random.one(URIS) }
  const subject = random.one(SUBJECTS)
  const claims = Object.fromEntries(random.some(CLAIMS, 0.15))
  return { ...makeReach(random), ...(subject === undefined ? {} : { subject }), claims }
}

function makeGitLabGrant(random: Random): Json {
  const subject = random.one(['gl:{project_id}:{runner_id}', 'gl:{ref}', '{environment}:{ref}'])
  return { ...makeReach(random), ...(random.chance(0.7) ? { subject } : {}) }
}

function makeReach(random: Random): Json {
  const isOther = random.chance(0.15)
  const scopes = isOther ? ['read'] : ['read', ...random.some(['write', 'admin'], 0.5)]
  return {
    resource: isOther ? OTHER : CASES_API,
    scopes,
    ...(random.chance(0.4) ? { lifetime: random.one(['20s', '5m', '30m']) } : {}),
    ...(random.chance(0.2) ? { replay: random.one(['once', 'once_per_resource']) } : {}),
  }
}

/** The names of resources in requests. An empty one is left out. */
const REQUESTED: readonly [string, ...string[]] = [
  CASES_API,
  ...[CASES_API, CASES_API, CASES_API, CASES_API, CASES_API, OTHER, URI, URI],
  ...OTHER_NAMES,
  ...['', '', '', 'https://no.test', 'no-client'],
]

/** Makes a case without the claims that every token has: `iss`, `aud`, the times and `jti`. */
export function makeCase(random: Random, groups: number): DecisionCase {
  const group = random.below(groups)
  const issuer = issuerOf(group)
  const shown = {
    sub: random.chance(0.6) ? 'job:1' : random.one(SUBS),
    ...(issuer === 'plain' ? plainClaims(random, group) : gitlabClaims(random, group)),
  }
  const scopes = random.some(['read', 'write', 'admin'], 0.4)
  return {
    issuer,
    claims: Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)),
    request: {
      resource: random.one(REQUESTED) || undefined,
      scopes: scopes.length === 0 ? undefined : scopes,
      rule: random.chance(0.1) ? `r${group}-${random.below(4)}` : undefined,
      lifetimeSeconds: random.chance(0.3) ? 10 + random.below(4000) : undefined,
      context: random.chance(0.5) ? { country: random.one(['DE', 'FR']), asn: 3320 } : {},
    },
  }
}

function plainClaims(random: Random, group: number): Json {
  return {
    group: `g${group}`,
    a: random.one(WORDS),
    b: random.one(WORDS),
    c: random.one(WORDS),
    n: random.one(NUMBERS),
    list: random.one(LISTS),
    long: random.one(LONG),
    o: random.one<unknown>([{ k: 'x' }, { k: 5 }, 'x', [{ k: 'x' }], {}, undefined]),
  }
}

function gitlabClaims(random: Random, group: number): Json {
  return {
    namespace_id: `g${group}`,
    project_id: random.one<unknown>(['42', 42]),
    pipeline_id: '1',
    job_id: '2',
    ref: random.one(['main', 'a:b', 'b'.repeat(240), 'b'.repeat(260), undefined]),
    environment: random.one(['production', undefined]),
    runner_id: random.one<unknown>([7, 2, '7', undefined]),
  }
}
