/** A case for a fixture file (`*.test.yaml`) from a decision of the playground. */
import { stringify } from 'yaml'
import type { JsonObject } from '../../../web/json.ts'
import type { Decided, PlaygroundRequest } from './request.ts'

const NOT_IN_FIXTURES: ReadonlySet<string> = new Set('aud exp iat nbf jti'.split(' '))

export function writeFixture(request: PlaygroundRequest, decided: Decided, at: number): string {
  const { issuer, claims, resource, scopes, rule, lifetime_seconds: lifetime } = request
  const asked = {
    ...(resource === undefined ? {} : { resource }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(rule === undefined ? {} : { rule }),
    ...(lifetime === undefined ? {} : { lifetime }),
  }
  const one = {
    name: nameOf(decided),
    issuer,
    claims: keepIdentity(claims),
    ...(Object.keys(asked).length === 0 ? {} : { request: asked }),
    expect: expected(decided),
  }
  const file = {
    trust: 'trust.yaml',
    at: new Date(at * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    cases: [one],
  }
  return stringify(file, { version: '1.2', schema: 'core', lineWidth: 0 })
}

function nameOf({ evaluation }: Decided): string {
  return evaluation.kind === 'granted'
    ? `${evaluation.rule} grants ${evaluation.scopes.join(' ')}`
    : `denied: ${evaluation.reason}`
}

/** Times, ids and the audience differ in every token, and no rule should depend on them. */
function keepIdentity(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !NOT_IN_FIXTURES.has(name)))
}

function expected({ evaluation }: Decided): JsonObject {
  if (evaluation.kind === 'denied') return { decision: 'denied', reason: evaluation.reason }
  const { rule, scopes, subject, lifetimeSeconds } = evaluation
  return {
    ...{ decision: 'granted', rule, scopes: [...scopes] },
    ...(subject === undefined ? {} : { subject }),
    lifetime: lifetimeSeconds,
  }
}
