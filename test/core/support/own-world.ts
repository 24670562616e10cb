/**
 * A gateway whose own tokens can be exchanged: a job gets a token for the API, and rules `from: self`
 * lead from there to a tool and to a store.
 */
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import type { ExchangePorts } from '../../../src/core/ports.ts'
import type { IssuedTokenClaims } from '../../../src/protocol/token.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { signOwn } from '../../support/own-tokens.ts'
import { AUDIENCE, narrowForm } from '../../support/vectors.ts'

export const API = 'https://api.example.com'
export const TOOL = 'https://tool.example.com'
export const STORE = 'https://store.example.com'

const head = { owner: 'platform@example.com', expires: '2099-12-31' }
const job = { repository_owner_id: '1234567', repository_id: '456789012' }

export const RULES = [
  {
    ...head,
    name: 'deploy',
    from: 'github',
    when: job,
    grant: {
      resource: API,
      scopes: ['read', 'write'],
      lifetime: '10m',
      replay: 'reuse',
      claims: { repository: '{repository_id}' },
    },
  },
  {
    ...head,
    name: 'tool',
    from: 'self',
    when: { client_id: 'deploy', repository: '456789012' },
    grant: {
      resource: TOOL,
      scopes: ['call', 'list'],
      lifetime: '1h',
      claims: { via: '{client_id}' },
    },
  },
  {
    ...head,
    name: 'store-once',
    from: 'self',
    when: { aud: { glob: 'https://*' }, client_id: ['deploy', 'tool'] },
    grant: { resource: STORE, scopes: ['get'], replay: 'once' },
  },
  {
    ...head,
    name: 'back',
    from: 'self',
    when: { client_id: ['tool', 'store-once'] },
    grant: { resource: API, scopes: ['read', 'write'] },
  },
  { name: 'no-old', effect: 'deny', from: 'self', when: { rev: { max: 0 } } },
] as const

export function ownTrust(issuerUrl: string, rules: readonly object[] = RULES) {
  return {
    version: 1,
    issuers: { github: { provider: 'github-actions', issuer: issuerUrl, audience: AUDIENCE } },
    resources: {
      [API]: { scopes: ['read', 'write', 'admin'] },
      [TOOL]: { scopes: ['call', 'list'] },
      [STORE]: { scopes: ['get'], typ: 'JWT' },
    },
    rules,
  }
}

type Claims = Readonly<Record<string, unknown>>
type Form = Readonly<Record<string, string>>

export type OwnWorld = CoreWorld & {
  /** A token of the job, as the gateway issues it. */
  readonly issue: () => Promise<string>
  /** Signs such a token with other claims or another header. Undefined members are left out. */
  readonly sign: (claims?: Claims, header?: Claims) => Promise<string>
  /** The claims of a narrower token, or the reason of the denial. */
  readonly narrow: (token: string, form?: Form, ports?: Partial<ExchangePorts>) => Promise<Narrowed>
  readonly tokenOf: (token: string, form?: Form) => Promise<string>
}

export type Narrowed = (IssuedTokenClaims & Claims) | string

type Extend = (document: ReturnType<typeof ownTrust>, issuerUrl: string) => object

export async function startOwnWorld(
  rules?: readonly object[],
  extend: Extend = (document) => document,
): Promise<OwnWorld> {
  const world = await startCoreWorld((url) => extend(ownTrust(url, rules), url))
  async function send(form: Form, ports: Partial<ExchangePorts> = {}): Promise<string | undefined> {
    const { body } = await world.send(form, { ports })
    return 'access_token' in body ? body.access_token : undefined
  }
  const last = () => world.recorded.at(-1)
  return {
    ...world,
    issue: async () => (await send({ ...narrowForm(await world.mint()), ...AS_ID_TOKEN })) ?? '',
    sign: (claims = {}, header = {}) => {
      const times = { iat: world.now(), exp: world.now() + 600 }
      const usual = { client_id: 'deploy', scope: 'read write', repository: '456789012' }
      return signOwn(world.keyRing, { iss: AUDIENCE, ...times, ...usual, ...claims }, header)
    },
    narrow: async (token, form = {}, ports = {}) => {
      const issued = await send({ ...narrowForm(token), ...form }, ports)
      return issued === undefined
        ? (last()?.reason ?? String(last()?.outcome))
        : decodeJwt<IssuedTokenClaims & Claims>(issued)
    },
    tokenOf: async (token, form = {}) => {
      const issued = await send({ ...narrowForm(token), ...form })
      if (issued === undefined) throw new Error(last()?.reason)
      return issued
    },
  }
}

const AS_ID_TOKEN = { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }

/** The claims of a token that was granted. */
export function granted(narrowed: Narrowed): IssuedTokenClaims & Claims {
  expect(narrowed).toBeTypeOf('object')
  return narrowed as IssuedTokenClaims & Claims
}
