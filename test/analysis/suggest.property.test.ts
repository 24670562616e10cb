import { beforeAll, describe, expect, it } from 'vitest'
import { type CompiledTrust, compileTrust, evaluate } from '../../src/analysis/index.ts'
import { type Suggestion, suggest } from '../../src/analysis/suggest.ts'
import { readClaim } from '../../src/core/evidence/identity.ts'
import { resolveClaim, samePath } from '../../src/core/policy/language/claim-path.ts'
import { findClaimSet } from '../../src/core/providers/examples.ts'
import { findProvider, listProviders } from '../../src/core/providers/index.ts'
import type { ProviderProfile } from '../../src/core/providers/profile.ts'
import { CEILINGS, type CoreWorld, startCoreWorld } from '../support/core-world.ts'
import { AUDIENCE } from '../support/vectors.ts'

const API = 'https://api.example.com'
/** No server answers at this URL. It is for decisions from claims only. */
const OFFLINE = 'http://127.0.0.1:9999'
const PROVIDERS = listProviders()

type Path = readonly string[]
type Claims = Readonly<Record<string, unknown>>

function profileOf(id: string): ProviderProfile {
  const profile = findProvider(id)
  if (profile === undefined) throw new Error(`no provider ${id}`)
  return profile
}

function claimsOf(id: string): Claims {
  const set = findClaimSet(id)
  if (set === undefined) throw new Error(`no claims of ${id}`)
  return set.claims
}

function suggestFor(id: string): Suggestion {
  const suggested = suggest({
    issuerName: id,
    provider: profileOf(id),
    claims: claimsOf(id),
    resource: API,
    scopes: ['deploy'],
    owner: 'platform@example.com',
    expires: '2099-12-31',
  })
  if ('fault' in suggested) throw new Error(`${id}: ${suggested.fault}`)
  return suggested
}

/** One issuer per provider on the dev issuer, each with its suggested rule. */
function suggestedTrust(githubUrl: string) {
  const base = githubUrl.replace(/\/github$/, '')
  return {
    version: 1,
    issuers: Object.fromEntries(
      PROVIDERS.map((id) => [id, { provider: id, issuer: `${base}/${id}`, audience: AUDIENCE }]),
    ),
    resources: { [API]: { scopes: ['deploy'] } },
    rules: PROVIDERS.map((id) => suggestFor(id).rule),
  }
}

function compile(document: unknown): CompiledTrust {
  const compiled = compileTrust(document, CEILINGS)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  return compiled.trust
}

let world: CoreWorld
/** The same document, for decisions from claims only. */
const trust = compile(suggestedTrust(`${OFFLINE}/github`))

beforeAll(async () => {
  world = await startCoreWorld(suggestedTrust, { sharesKeys: true })
})

async function present(provider: string, exactClaims: Claims = {}) {
  const request = { provider, audience: AUDIENCE, exactClaims }
  const token = await world.issuer.mint(request, provider)
  const answer = await world.exchange(token, {}, { refreshKeys: world.fetchKeys })
  return { answer, event: world.recorded.at(-1) }
}

/** The claims with one value, at any depth, replaced; undefined removes it. */
function withValue(claims: Claims, path: Path, value: unknown): Claims {
  const [name = '', ...rest] = path
  const inner = claims[name] as Claims
  return { [name]: rest.length === 0 ? value : { ...inner, ...withValue(inner, rest, value) } }
}

const CHANGES: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['changed', (value) => (typeof value === 'string' ? `${value}x` : otherThan(value))],
  ['removed', () => undefined],
  ['nulled', () => null],
  ['wrapped in an array', (value) => [value]],
  ['retyped', (value) => (typeof value === 'string' ? retypeText(value) : String(value))],
]

function otherThan(value: unknown): unknown {
  return typeof value === 'number' ? value + 1 : value !== true
}

/** The text as a number or boolean, as a careless platform could send it. */
function retypeText(text: string): unknown {
  return /^\d{1,15}$/.test(text) ? Number(text) : text === 'true'
}

/** The expected denial reason. Verification comes before the rules. */
function expectedReason(profile: ProviderProfile, path: Path, value: unknown): string {
  const isAbsent = value === undefined || value === null
  if (samePath(path, ['sub']) && typeof value !== 'string') return 'claim_missing'
  const known = profile.claims?.find((claim) => samePath(claim.path, path))
  if (known?.class === 'required' && isAbsent) return 'claim_missing'
  const parts = profile.subjectIs?.filter((part) => typeof part !== 'string') ?? []
  const shapesSubject = parts.some((part) => samePath(part, path)) || samePath(path, ['sub'])
  return profile.subjectIs !== undefined && shapesSubject ? 'claim_invalid' : 'no_rule_matched'
}

describe.each(PROVIDERS)('the rule suggested from a token of %s', (id) => {
  const profile = profileOf(id)
  const claims = claimsOf(id)
  const { rule, kept } = suggestFor(id)

  it('grants that token', async () => {
    const { answer, event } = await present(id)
    expect(event).toMatchObject({ outcome: 'granted', rule: rule.name })
    expect(answer.status).toBe(200)
  })

  const rows = kept.flatMap(({ claim }) => CHANGES.map(([how, change]) => ({ claim, how, change })))
  it.each(rows)('RULE-01 RULE-02 refuses it with $claim $how', async ({ claim, change }) => {
    const resolved = resolveClaim(claim, profile)
    if (typeof resolved === 'string') throw new Error(resolved)
    const { path } = resolved
    const value = change(readClaim(claims, path))
    const { answer, event } = await present(id, withValue(claims, path, value))
    expect(answer.status).toBe(400)
    expect(event?.reason).toBe(expectedReason(profile, path, value))
    if (event?.reason !== 'no_rule_matched') return
    // A token that does not meet the tenant conditions learns about no rule.
    for (const told of event.considered ?? []) expect(told).toMatchObject({ claim })
    // The document for claims alone has another issuer URL.
    const { iss: _, ...changed } = { ...claims, ...withValue(claims, path, value) }
    const decision = evaluate(
      trust,
      { issuer: id, claims: changed },
      { resource: API, scopes: undefined, rule: undefined },
      0,
    )
    const traced = decision.trace.find((one) => one.rule === rule.name)
    const failed = traced?.conditions.filter(({ holds }) => !holds).map((one) => one.claim)
    expect(failed).toEqual([claim])
  })
})
