/** What is about to be issued, without the endpoint that decides it. */
import type { Resource } from '../../src/core/policy/compile/compiled.ts'

/** Returns a resource with the scope `read`, or with others. */
export function makeResource(uri: string, scopes: readonly string[] = ['read']): Resource {
  return {
    uri,
    audience: uri,
    alsoKnownAs: [],
    subject: { kind: 'text', maxBytes: undefined },
    scopes: new Set(scopes),
    maxLifetimeSeconds: 300,
    algorithm: undefined,
    typ: 'at+jwt',
    audit: 'standard',
    hasStatusList: false,
    preset: undefined,
    trustDomain: undefined,
    proofOfPossession: 'optional',
    metadata: undefined,
  }
}
