/**
 * A gateway at which agents act: a person's token and an agent's give a token for the API that names
 * both, and rules `from: self` let a tool and a service of the tool act next.
 */

import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import type { IssuedTokenClaims } from '../../../src/protocol/token.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, exchangeForm, idpOf, narrowForm } from '../../support/vectors.ts'

export const API = 'https://api.example.com'
export const STORE = 'https://store.example.com'
const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

const head = { owner: 'platform@example.com', expires: '2099-12-31' }
const person = { sub: { glob: 'user:*' } }

export const RULES = [
  {
    ...head,
    name: 'person',
    from: 'people',
    when: person,
    grant: { resource: API, scopes: ['read', 'write', 'list'] },
  },
  {
    ...head,
    name: 'agent',
    from: 'people',
    when: person,
    acting_as: { from: 'agents', when: { sub: { glob: 'agent-*' }, tier: 'gold' } },
    grant: { resource: API, scopes: ['read', 'write'], lifetime: '8m' },
  },
  {
    ...head,
    name: 'agent-once',
    from: 'people',
    when: { sub: { glob: 'once:*' } },
    acting_as: { from: 'agents', when: { sub: { glob: 'agent-*' } } },
    grant: { resource: API, scopes: ['read'], replay: 'once' },
  },
  {
    ...head,
    name: 'agent-itself',
    from: 'agents',
    when: { sub: { glob: 'agent-*' } },
    grant: { resource: STORE, scopes: ['get'], subject: '{sub}' },
  },
  {
    ...head,
    name: 'by-own',
    from: 'people',
    when: person,
    acting_as: { from: 'self', when: { client_id: 'agent-itself', sub: 'agent-7' } },
    grant: { resource: API, scopes: ['read'] },
  },
  {
    ...head,
    name: 'tool',
    from: 'self',
    when: { aud: API },
    acting_as: { from: 'agents', when: { sub: { glob: 'tool-*' } } },
    grant: { resource: API, scopes: ['read', 'list'], lifetime: '5m' },
  },
  {
    ...head,
    name: 'tool-itself',
    from: 'self',
    when: { aud: API },
    grant: { resource: STORE, scopes: ['get'] },
  },
  {
    ...head,
    name: 'tool-at-store',
    from: 'self',
    when: { aud: API },
    acting_as: { from: 'agents', when: { sub: { glob: 'tool-*' } } },
    grant: { resource: STORE, scopes: ['get', 'put'] },
  },
  { name: 'no-guests', effect: 'deny', from: 'people', when: { sub: 'user:guest' } },
  {
    name: 'no-rogue',
    effect: 'deny',
    from: 'people',
    when: { sub: { glob: '**' } },
    acting_as: { from: 'agents', when: { sub: 'agent-rogue' } },
  },
] as const

/** The dev issuer at `github` signs for people, and the one at `idp` for agents. */
export function actingTrust(issuerUrl: string, rules: readonly object[] = RULES) {
  const oidc = { provider: 'generic-oidc', audience: AUDIENCE }
  return {
    version: 1,
    issuers: {
      people: { ...oidc, issuer: issuerUrl },
      agents: { ...oidc, issuer: idpOf(issuerUrl) },
    },
    resources: {
      [API]: { scopes: ['read', 'write', 'list'] },
      [STORE]: { scopes: ['get', 'put'] },
    },
    rules,
  }
}

type Claims = Readonly<Record<string, unknown>>
type Form = Readonly<Record<string, string>>
export type Issued = IssuedTokenClaims & Claims

export type ActingWorld = CoreWorld & {
  readonly person: (claims?: Claims) => Promise<string>
  readonly agent: (sub?: string, claims?: Claims) => Promise<string>
  /** The token of an exchange, or the reason of its denial. */
  readonly ask: (subject: string, actor?: string, form?: Form) => Promise<string>
  /** The claims of that token, or the reason. */
  readonly claims: (subject: string, actor?: string, form?: Form) => Promise<Issued | string>
}

export async function startActingWorld(rules?: readonly object[]): Promise<ActingWorld> {
  const world = await startCoreWorld((url) => actingTrust(url, rules))
  const minter = (path: string, sub: string) => (claims: Claims) => {
    const request = { provider: 'github-actions', audience: AUDIENCE, claims: { sub, ...claims } }
    return world.issuer.mint(request as Parameters<typeof world.issuer.mint>[0], path)
  }
  async function ask(subject: string, actor?: string, form: Form = {}): Promise<string> {
    const base = isOwn(subject) ? narrowForm(subject) : exchangeForm(subject)
    const type = actor !== undefined && isOwn(actor) ? ACCESS_TOKEN : JWT
    const acting = actor === undefined ? {} : { actor_token: actor, actor_token_type: type }
    const { body } = await world.send({ ...base, ...acting, ...form })
    if ('access_token' in body) return body.access_token
    const last = world.recorded.at(-1)
    return last?.reason ?? String(last?.outcome)
  }
  return {
    ...world,
    person: (claims = {}) => minter('github', 'user:1')(claims),
    agent: (sub = 'agent-7', claims = {}) => minter('idp', sub)({ tier: 'gold', ...claims }),
    ask,
    claims: async (...given) => {
      const token = await ask(...given)
      return token.includes('.') ? decodeJwt<Issued>(token) : token
    },
  }
}

function isOwn(token: string): boolean {
  // Otherwise it is the reason for which the token of the step before was denied.
  expect(token).toContain('.')
  return decodeJwt(token).iss === AUDIENCE
}
