/** The fault and the facts that each denial leaves in its record. */
import { createHash } from 'node:crypto'
import type { DecisionEvent } from '../../../src/core/audit.ts'
import { githubActions } from '../../../src/core/providers/github-actions.ts'
import { AUDIENCE, type Vector } from '../../support/vectors.ts'

type Recorded = Pick<DecisionEvent, 'fault' | 'facts'>
type Row = Recorded | ((now: number, kid: string) => Recorded)

/** The start of a SHA-256, as `printf %s TEXT | sha256sum` prints it. */
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

export const ALLOWED = githubActions.algorithms
const UNKNOWN_SCOPE = 'canary:scope'

/** By reason and name of the vector. A vector without a row here has no fault and no facts. */
export const RECORDED: Readonly<Record<string, Row>> = {
  'body_too_large: a body over 32 KiB': { facts: { limit: 32 * 1024 } },
  'parameter_repeated: a repeated scope': { fault: 'scope' },
  'parameter_missing: no subject token': { fault: 'subject_token' },
  'parameter_missing: an empty subject token': { fault: 'subject_token' },
  'parameter_missing: no grant type': { fault: 'grant_type' },
  'parameter_invalid: a lifetime in words': { fault: 'expires_in' },
  'parameter_invalid: EXC-06 a lifetime of zero': { fault: 'expires_in' },
  'parameter_invalid: EXC-06 a lifetime below the minimum': { fault: 'expires_in' },
  'parameter_unsupported: an issuer for the subject': { fault: 'subject_issuer' },
  'parameter_missing: TE-27 an actor token without its type': { fault: 'actor_token_type' },
  'parameter_missing: TE-27 the type of an actor token alone': { fault: 'actor_token' },
  'token_type_unsupported: TE-28 a refresh token as actor token': { fault: 'actor_token_type' },
  'token_type_unsupported: TE-30 an access token of an issuer that may send none as actor token': {
    fault: 'actor_token_type',
  },
  'actor_not_accepted: CLM-07 an actor token for another audience': {
    facts: { cause: 'audience_mismatch' },
  },
  'actor_not_accepted: OUT-01 an admin token as actor token': { facts: { cause: 'admin_token' } },
  'actor_not_accepted: an actor token that is not a token': {
    facts: { cause: 'token_malformed' },
  },
  'actor_chain_too_long: EXC-07 one actor more than a token can name': {
    facts: { length: 4, limit: 3 },
  },
  'parameter_of_another_grant: EXC-03 an assertion beside the subject token': {
    fault: 'assertion',
  },
  'parameter_of_another_grant: EXC-03 a subject token beside the assertion': {
    fault: 'subject_token',
  },
  'parameter_of_another_grant: EXC-03 a subject token beside the client assertion': {
    fault: 'subject_token',
  },
  'client_authentication_unsupported: TE-18 an assertion in both places': {
    fault: 'client_assertion',
  },
  'client_authentication_unsupported: TE-18 a secret beside the client assertion': {
    fault: 'client_secret',
  },
  'client_assertion_missing: client credentials without authentication': {
    fault: 'client_assertion',
  },
  'client_assertion_missing: CA-02 a client assertion without its type': {
    fault: 'client_assertion_type',
  },
  'target_exceeds_assertion: a resource that the ID-JAG does not name': {
    facts: { resourceHash: hash('https://api.example.com') },
  },
  'dpop_proof_invalid: DP-06 a proof for another method': { fault: 'htm' },
  'dpop_proof_invalid: DP-01 two proofs in one header': { fault: 'form' },
  'dpop_nonce_required: DP-15 a proof with a nonce of another server': {
    facts: { nonce: 'unknown' },
  },
  'token_kind_not_accepted: AV-34 an ID-JAG as subject token': {
    facts: { typ: 'oauth-id-jag+jwt', accepted: ['jwt', null] },
  },
  'token_kind_not_accepted: AV-34 an ID-JAG as subject token of the type access_token': {
    facts: { typ: 'oauth-id-jag+jwt', accepted: ['jwt', null, 'at+jwt'] },
  },
  'token_kind_not_accepted: CA-06 an ID-JAG as client assertion': {
    facts: { typ: 'oauth-id-jag+jwt', accepted: ['jwt', null, 'client-authentication+jwt'] },
  },
  'token_kind_not_accepted: CH-10 an ID-JAG of an issuer that may not issue any': {
    facts: { typ: 'oauth-id-jag+jwt', accepted: githubActions.types },
  },
  'token_type_unsupported: an access token as subject token': { fault: 'subject_token_type' },
  'token_type_unsupported: a requested refresh token': { fault: 'requested_token_type' },
  'client_authentication_unsupported: a client secret in the body': { fault: 'client_secret' },
  'client_authentication_unsupported: a client assertion in the body': {
    fault: 'client_assertion',
  },
  'target_invalid: a resource with a fragment': {
    fault: 'resource',
    facts: { length: 'https://api.example.com#a'.length, limit: 2048 },
  },
  'target_invalid: TE-33 a resource that is not a URI': {
    fault: 'resource',
    facts: { length: 3, limit: 2048 },
  },
  'target_missing: no resource': { facts: { targets: 2 } },
  'target_ambiguous: two resources': { facts: { targets: 2 } },
  'target_ambiguous: TE-34 a resource and another audience': { facts: { targets: 2 } },
  'token_malformed: text that is not a token': { fault: 'compact_form' },
  'token_malformed: TOK-04 a key in the header': { fault: 'header.jwk' },
  'token_malformed: TOK-08 b64 without crit': { fault: 'header.b64' },
  'token_malformed: TOK-04 a URL of keys in the header': { fault: 'header.jku' },
  'token_malformed: TOK-05 a kid with a line break': { fault: 'header.kid' },
  'token_too_large: 17 KiB of token': {
    fault: 'token',
    facts: { length: 17 * 1024, limit: 16 * 1024 },
  },
  'algorithm_not_allowed: TOK-01 alg none': { facts: { alg: 'none', allowed: ALLOWED } },
  'algorithm_not_allowed: ES256 from an RS256 issuer': {
    facts: { alg: 'ES256', allowed: ALLOWED },
  },
  'key_unknown: an unknown kid': {
    facts: { alg: 'RS256', keyIdHash: hash('nobody'), keys: 2 },
  },
  'signature_invalid: another signature': (_, kid) => ({
    facts: { alg: 'RS256', keyIdHash: hash(kid) },
  }),
  'signature_invalid: another payload with the same signature': (_, kid) => ({
    facts: { alg: 'RS256', keyIdHash: hash(kid) },
  }),
  'issuer_not_trusted: an issuer that is not in the document': {
    facts: { iss: 'unknown', searched: 'document' },
  },
  'issuer_not_trusted: CLM-09 a trailing slash': {
    facts: { iss: 'unknown', searched: 'document' },
  },
  'issuer_not_trusted: EXC-05 the admin API from an issuer of the document': {
    facts: { iss: 'unknown', searched: 'policy' },
  },
  'token_kind_not_accepted: an access token by its typ': {
    facts: { typ: 'at+jwt', accepted: ['jwt', null] },
  },
  'audience_mismatch: another audience': { facts: { expected: AUDIENCE, audiences: 1 } },
  'audience_mismatch: CLM-07 the expected audience and another': {
    facts: { expected: AUDIENCE, audiences: 2 },
  },
  'audience_mismatch: CLM-06 no audience': { facts: { expected: AUDIENCE, audiences: 0 } },
  'token_expired: an exp one minute ago': (now) => ({ facts: { exp: now - 60, now } }),
  'token_used: REP-01 a token that was exchanged before': { facts: { replay: 'once' } },
  'issuing_stopped: REV-03 a token by a revoked rule': { facts: { grain: 'rule' } },
  'subject_token_revoked: REV-03 a subject token that is older than the revocation of its subject':
    {
      facts: { grain: 'subject' },
    },
  'budget_exceeded: REP-06 a second token of a job that may get one': {
    facts: { per: 'check_run_id', grants: 1 },
  },
  'token_not_yet_valid: an nbf in one minute': (now) => ({ facts: { nbf: now + 60, now } }),
  'token_not_yet_valid: CLM-04 an iat in one hour': (now) => ({
    facts: { iat: now + 3600, now },
  }),
  'token_lifetime_exceeded: a lifetime of one week': {
    facts: { lifetimeSeconds: 604_800, maxLifetimeSeconds: githubActions.maxLifetimeSeconds },
  },
  'claim_missing: no exp': { fault: 'exp' },
  'claim_missing: no repository id': { fault: 'repository_id' },
  'claim_missing: CLM-03 no iat': { fault: 'iat' },
  'claim_missing: CLM-11 an empty sub': { fault: 'sub' },
  'claim_invalid: exp as text': { fault: 'exp', facts: { expected: 'numeric_date' } },
  'claim_invalid: CLM-02 a negative nbf': { fault: 'nbf', facts: { expected: 'numeric_date' } },
  'claim_invalid: CLM-11 a sub with a line break': { fault: 'sub', facts: { expected: 'text' } },
  'claim_invalid: a token id that is a number': { fault: 'jti', facts: { expected: 'text' } },
  'resource_unknown: a resource that is not in the document': {
    facts: { resourceHash: hash('https://nobody.example.com') },
  },
  'resource_unknown: EXC-05 a path that is not in the document': {
    facts: { resourceHash: hash('https://api.example.com/v1') },
  },
  'rule_denied: a runner that a deny rule names': { facts: { rule: 'never-self-hosted' } },
  'scope_not_granted: a scope of the resource that the rule does not grant': {
    facts: { scopes: ['deploy:read', 'deploy:admin'], unknownScopes: 0 },
  },
  'resource_unknown: ADM-03 the admin API for a token of this gateway': {
    facts: { resourceHash: hash(AUDIENCE) },
  },
  'chain_too_long: EXC-07 the last token of a chain': { facts: { length: 4, limit: 4 } },
  'scope_not_granted: EXC-07 more scopes than the token has': {
    facts: { scopes: ['deploy:read', 'deploy:admin'], unknownScopes: 0 },
  },
  'scope_not_granted: EXC-04 every scope at once': { facts: { scopes: [], unknownScopes: 1 } },
  'template_unrenderable: a claim of the template that the token does not have': {
    fault: 'subject',
  },

  // Facts that no vector has.
  'parameter_invalid: a rule that is too long': {
    fault: 'rule',
    facts: { length: 3072, limit: 2048 },
  },
  'parameter_invalid: a client id that is too long': {
    fault: 'client_id',
    facts: { length: 1024, limit: 256 },
  },
  'scope_malformed: too many scopes': { facts: { length: 65, limit: 64 } },
  'token_malformed: a segment with unused bits': { fault: 'base64url' },
  'token_malformed: a typ that is not a string': { fault: 'header.typ' },
  'token_malformed: claims that are not JSON': {
    fault: 'json_syntax',
    facts: { part: 'claims' },
  },
  'token_malformed: a header that is not JSON': {
    fault: 'json_syntax',
    facts: { part: 'header' },
  },
  'token_too_large: a header that is too large': {
    fault: 'header',
    facts: { length: 4000, limit: 2048 },
  },
  'algorithm_not_allowed: no alg': { facts: { alg: null } },
  'issuer_not_trusted: no iss': { facts: { iss: 'missing' } },
  'token_kind_not_accepted: an unknown typ': {
    facts: { typ: 'other', accepted: ['jwt', null] },
  },
  'scope_not_granted: a scope that the resource does not have': {
    facts: { scopes: ['deploy:read'], unknownScopes: 1 },
  },
}

export const encode = (text: string) => Buffer.from(text).toString('base64url')
const refusal = { status: 400, error: '' } as const
const sent = (reason: Vector['reason'], name: string, form: Vector['form'] = {}): Vector => ({
  ...refusal,
  reason,
  name,
  form,
})
export const MORE: readonly Vector[] = [
  sent('parameter_invalid', 'a rule that is too long', { rule: '{3 KiB}' }),
  sent('parameter_invalid', 'a client id that is too long', { client_id: '{1 KiB}' }),
  sent('scope_malformed', 'too many scopes', {
    scope: Array.from({ length: 65 }, (_, index) => `s${index}`).join(' '),
  }),
  sent('token_malformed', 'a segment with unused bits', { subject_token: 'AB.AA.AA' }),
  sent('token_malformed', 'claims that are not JSON', {
    subject_token: `${encode('{"alg":"RS256"}')}.${encode('{')}.AA`,
  }),
  sent('token_malformed', 'a header that is not JSON', {
    subject_token: `${encode('{')}.${encode('{}')}.AA`,
  }),
  sent('token_too_large', 'a header that is too large', {
    subject_token: `${encode(' '.repeat(3000))}.${encode('{}')}.AA`,
  }),
  sent('algorithm_not_allowed', 'no alg', { subject_token: `${encode('{}')}.${encode('{}')}.AA` }),
  {
    ...sent('token_malformed', 'a typ that is not a string'),
    mint: { header: { typ: 1 } },
  },
  { ...sent('issuer_not_trusted', 'no iss'), mint: { claims: { iss: null } } },
  { ...sent('token_kind_not_accepted', 'an unknown typ'), mint: { header: { typ: 'canary' } } },
  sent('scope_not_granted', 'a scope that the resource does not have', {
    scope: `deploy:read ${UNKNOWN_SCOPE}`,
  }),
]
