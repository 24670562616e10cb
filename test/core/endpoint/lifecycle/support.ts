/**
 * A world in which one workload deploys to an API, and another one is the API: a rule grants it
 * `tokens:introspect` of its own resource.
 */
import { type IntrospectInput, introspect } from '../../../../src/core/endpoint/introspect.ts'
import { revoke } from '../../../../src/core/endpoint/revoke.ts'
import type { IssuedTokenClaims } from '../../../../src/protocol/token.ts'
import { type CoreWorld, startCoreWorld } from '../../../support/core-world.ts'
import { createMemoryRevocations } from '../../../support/memory-revocations.ts'
import { AUDIENCE, vectorTrust } from '../../../support/vectors.ts'
import { API, ASSERTION_TYPE, OTHER } from '../../support/grant-forms.ts'

export { API, OTHER }
/** The claims that make a workload the API. */
export const SERVER = { ref: 'refs/heads/server' }
export const SERVER_SUBJECT = 'repo:acme@1234567/api@456789012:environment:production'

function makeTrust(issuerUrl: string): unknown {
  const trust = vectorTrust(issuerUrl)
  const [deploy] = trust.rules
  return {
    ...trust,
    resources: {
      ...trust.resources,
      [API]: { scopes: ['deploy:read', 'deploy:write', 'tokens:introspect'] },
      'https://named.example.com': { scopes: ['tokens:introspect'], audience: 'named' },
    },
    rules: [
      ...trust.rules,
      ...[API, 'https://named.example.com'].map((resource, index) => ({
        ...deploy,
        name: `server-${index}`,
        when: { repository_owner_id: '1234567', repository_id: '456789012', ...SERVER },
        grant: { resource, scopes: ['tokens:introspect'] },
      })),
    ],
  }
}

export type Lifecycle = {
  readonly world: CoreWorld
  readonly revocations: ReturnType<typeof createMemoryRevocations>
  /** A token that the deploying workload got, and its claims. */
  readonly token: string
  readonly claims: IssuedTokenClaims
  readonly ask: (form: Form, change?: Partial<IntrospectInput>) => Promise<unknown>
  readonly end: (form: Form, change?: Partial<IntrospectInput>) => Promise<unknown>
}

type Form = Readonly<Record<string, string>>

export const asserted = (client_assertion: string, type = 'jwt-bearer') => ({
  client_assertion,
  client_assertion_type: `${ASSERTION_TYPE}:${type}`,
})

export async function startLifecycle(): Promise<Lifecycle> {
  const world = await startCoreWorld(makeTrust)
  const revocations = createMemoryRevocations()
  const ports = {
    gatewayIssuer: AUDIENCE,
    keyRing: world.keyRing,
    clock: world.now,
    ...revocations,
    proveCaller: async () => true,
    assertions: { ...world.ports, issuerKeysMaxStaleSeconds: 3600 },
  }
  const { body } = await world.exchange(await world.mint())
  const token = 'access_token' in body ? body.access_token : ''
  const input = (form: Form, change: Partial<IntrospectInput> = {}): IntrospectInput => ({
    authorization: undefined,
    contentType: 'application/x-www-form-urlencoded',
    text: new URLSearchParams(form).toString(),
    isTooLarge: false,
    ...change,
  })
  return {
    world,
    revocations,
    token,
    claims: JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()),
    ask: async (form, change) => {
      const result = await introspect(input(form, change), ports)
      return result.ok ? result.value : result.error
    },
    end: async (form, change) => {
      const result = await revoke(input(form, change), ports)
      return result.ok ? { revoked: result.value?.tokenId } : result.error
    },
  }
}
