/** A gateway whose generated exchanges are decided online and offline. */
import { SignJWT } from 'jose'
import { vi } from 'vitest'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../../src/core/policy/compile/compiled.ts'
import {
  type ClaimsDecision,
  evaluateClaims,
} from '../../../src/core/policy/explain/evaluate-claims.ts'
import {
  CASES_AT,
  type CaseIssuer,
  createRandom,
  type DecisionCase,
  makeCase,
  makeDocument,
  WRITTEN_AT,
} from '../../support/decision-cases.ts'
import { makeKey, type OwnKey } from './attack.ts'
import { createRecorder } from './decisions.ts'
import { applyTrust, exchangeForm, GATEWAY, readJson } from './gateway.ts'

const AT_ONCE = 64

const ISSUERS: Readonly<Record<CaseIssuer, string>> = {
  plain: 'https://ci.example.com',
  gitlab: 'https://gitlab.example.com',
}
const keys = new Map<CaseIssuer, OwnKey>()

export function setClock(seconds: number): void {
  vi.useRealTimers()
  vi.useFakeTimers({ toFake: ['Date'], now: seconds * 1000 })
}

/**
 * Starts a gateway with generated rules. Returns them as the command line compiles them, which has no
 * deployment settings.
 */
export async function applyCases(seed: number, groups: number): Promise<CompiledTrust> {
  keys.set('plain', await makeKey('ES256'))
  keys.set('gitlab', await makeKey('RS256'))
  const issuer = (name: CaseIssuer, provider: string) => ({
    provider,
    issuer: ISSUERS[name],
    keys: { jwks: { keys: [keys.get(name)?.jwk] } },
  })
  const document = makeDocument(createRandom(seed), groups, {
    plain: issuer('plain', 'generic-oidc'),
    gitlab: issuer('gitlab', 'gitlab-self-managed'),
  })
  setClock(WRITTEN_AT)
  await applyTrust(document)
  const compiled = compileTrust(document, {
    gatewayIssuer: 'https://sts.example.com',
    maxTokenLifetimeSeconds: 86_400,
    maxRuleExpirySeconds: undefined,
    localIssuers: true,
  })
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  vi.useRealTimers()
  return compiled.trust
}

/** Returns the token of a case, and all its claims. */
export async function mintCase({ issuer, claims }: DecisionCase, id: string) {
  const key = keys.get(issuer)
  if (key === undefined) throw new Error('no key')
  const full = {
    ...claims,
    iss: ISSUERS[issuer],
    aud: GATEWAY,
    iat: CASES_AT,
    exp: CASES_AT + 300,
    jti: id,
  }
  const token = await new SignJWT(full)
    .setProtectedHeader({ alg: key.alg, kid: String(key.jwk.kid), typ: 'JWT' })
    .sign(key.secret)
  return { full, token }
}

/** Returns the exchange of a case. */
export function requestCase({ request }: DecisionCase, token: string): RequestInit {
  const { resource, scopes, rule, lifetimeSeconds, context } = request
  const form = exchangeForm(token, {
    // A name that is no URI is sent as an audience.
    resource: resource?.includes(':') === true ? resource : undefined,
    audience: resource?.includes(':') === false ? resource : undefined,
    scope: scopes?.join(' '),
    rule,
    expires_in: lifetimeSeconds?.toString(),
  })
  return { method: 'POST', body: new URLSearchParams(form), cf: context } as RequestInit
}

export type Decided = { readonly id: string; readonly offline: ClaimsDecision }

/** Decides generated cases online and offline. `claims` is the setting `DECISION_CLAIMS`. */
export async function decideCases(
  trust: CompiledTrust,
  claims: string,
  seed: number,
  groups: number,
  count: number,
): Promise<Decided[]> {
  const random = createRandom(seed)
  const cases = Array.from({ length: count }, () => makeCase(random, groups))
  const send = createRecorder({ DECISION_CLAIMS: claims })
  const decided: Decided[] = []
  setClock(CASES_AT)
  try {
    for (let start = 0; start < count; start += AT_ONCE) {
      const some = cases.slice(start, start + AT_ONCE).map(async (one, offset) => {
        const { full, token } = await mintCase(one, `${claims}-${start + offset}`)
        const answer = await send('/token', requestCase(one, token))
        const id = String((await readJson(answer)).decision_id)
        const { issuer, request } = one
        const identity = { issuer, claims: full }
        // Templates can have the id of the decision.
        const asked = { ...request, decisionId: id }
        const offline = { ...evaluateClaims(trust, identity, asked, CASES_AT), request }
        return { id, offline }
      })
      decided.push(...(await Promise.all(some)))
    }
  } finally {
    vi.useRealTimers()
  }
  return decided
}
