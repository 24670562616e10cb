/** Denials for tests: a sample of each reason, and a short text for a denial. */
import type { Denial, DenialReason } from '../../../src/core/denial.ts'

const SIZE = { length: 4097, limit: 4096 } as const
const KEY = { alg: 'ES256', keyIdHash: '0123456789abcdef' } as const

/** One denial of each reason, with every fact that the reason has. */
export const SAMPLES: {
  readonly [Reason in DenialReason]: Extract<Denial, { reason: Reason }>
} = {
  content_type_unsupported: { reason: 'content_type_unsupported' },
  content_encoding_unsupported: { reason: 'content_encoding_unsupported' },
  body_too_large: { reason: 'body_too_large', facts: { limit: 4096 } },
  body_malformed: { reason: 'body_malformed' },
  parameter_repeated: { reason: 'parameter_repeated', at: 'scope' },
  parameter_missing: { reason: 'parameter_missing', at: 'subject_token' },
  parameter_invalid: { reason: 'parameter_invalid', at: 'rule', facts: SIZE },
  parameter_unsupported: { reason: 'parameter_unsupported', at: 'subject_issuer' },
  parameter_of_another_grant: { reason: 'parameter_of_another_grant', at: 'assertion' },
  token_type_unsupported: { reason: 'token_type_unsupported', at: 'subject_token_type' },
  grant_type_unsupported: { reason: 'grant_type_unsupported' },
  client_authentication_unsupported: {
    reason: 'client_authentication_unsupported',
    at: 'client_secret',
  },
  client_authentication_refused: { reason: 'client_authentication_refused' },
  client_ambiguous: { reason: 'client_ambiguous' },
  client_assertion_missing: { reason: 'client_assertion_missing', at: 'client_assertion_type' },
  client_assertion_type_unsupported: { reason: 'client_assertion_type_unsupported' },
  trust_domain_missing: { reason: 'trust_domain_missing' },
  client_mismatch: { reason: 'client_mismatch' },
  target_exceeds_assertion: {
    reason: 'target_exceeds_assertion',
    facts: { resourceHash: '0123456789abcdef' },
  },
  scope_exceeds_assertion: { reason: 'scope_exceeds_assertion' },
  target_missing: { reason: 'target_missing', facts: { targets: 2 } },
  target_invalid: { reason: 'target_invalid', at: 'resource', facts: SIZE },
  target_ambiguous: { reason: 'target_ambiguous', facts: { targets: 2 } },
  scope_malformed: { reason: 'scope_malformed', facts: SIZE },
  rate_limited: { reason: 'rate_limited', at: 'subject' },
  token_malformed: { reason: 'token_malformed', at: 'json_depth', facts: { part: 'claims' } },
  token_too_large: { reason: 'token_too_large', at: 'token', facts: SIZE },
  algorithm_not_allowed: {
    reason: 'algorithm_not_allowed',
    facts: { alg: 'HS256', allowed: ['RS256'] },
  },
  key_unknown: { reason: 'key_unknown', facts: { ...KEY, keys: 2 } },
  issuer_keys_unusable: { reason: 'issuer_keys_unusable' },
  signature_invalid: { reason: 'signature_invalid', facts: KEY },
  issuer_not_trusted: {
    reason: 'issuer_not_trusted',
    facts: { iss: 'unknown', searched: 'document' },
  },
  token_kind_not_accepted: {
    reason: 'token_kind_not_accepted',
    facts: { typ: 'at+jwt', accepted: ['jwt', null] },
  },
  audience_mismatch: {
    reason: 'audience_mismatch',
    facts: { expected: 'https://expected.example', audiences: 2 },
  },
  token_expired: { reason: 'token_expired', facts: { exp: 1000, now: 2000 } },
  token_not_yet_valid: { reason: 'token_not_yet_valid', facts: { nbf: 2000, now: 1000 } },
  token_lifetime_exceeded: {
    reason: 'token_lifetime_exceeded',
    facts: { lifetimeSeconds: 7200, maxLifetimeSeconds: 3600 },
  },
  claim_missing: { reason: 'claim_missing', at: 'repository_id' },
  claim_invalid: { reason: 'claim_invalid', at: 'exp', facts: { expected: 'numeric_date' } },
  token_bound: { reason: 'token_bound' },
  token_revoked: { reason: 'token_revoked' },
  subject_token_revoked: { reason: 'subject_token_revoked', facts: { grain: 'issuer' } },
  issuing_stopped: { reason: 'issuing_stopped', facts: { grain: 'rule' } },
  admin_token: { reason: 'admin_token' },
  chain_too_long: { reason: 'chain_too_long', facts: SIZE },
  actor_is_subject: { reason: 'actor_is_subject' },
  actor_issuer_not_trusted: { reason: 'actor_issuer_not_trusted' },
  actor_expired: { reason: 'actor_expired' },
  actor_revoked: { reason: 'actor_revoked' },
  actor_not_accepted: { reason: 'actor_not_accepted', facts: { cause: 'audience_mismatch' } },
  actor_delegated: { reason: 'actor_delegated' },
  actor_not_named: { reason: 'actor_not_named' },
  actor_chain_too_long: { reason: 'actor_chain_too_long', facts: SIZE },
  granting_rule_ended: { reason: 'granting_rule_ended', facts: { rule: 'deploy' } },
  resource_left: { reason: 'resource_left' },
  resource_unknown: { reason: 'resource_unknown', facts: { resourceHash: '0123456789abcdef' } },
  no_rule_matched: { reason: 'no_rule_matched', trace: [] },
  rule_denied: { reason: 'rule_denied', facts: { rule: 'no-forks' }, trace: [] },
  scope_not_granted: {
    reason: 'scope_not_granted',
    facts: { scopes: ['deploy:admin'], unknownScopes: 1 },
    trace: [],
  },
  template_unrenderable: {
    reason: 'template_unrenderable',
    at: 'subject',
    template: { template: 'subject', claim: 'environment', cause: 'absent' },
    trace: [],
  },
  token_used: { reason: 'token_used', facts: { replay: 'once' } },
  status_list_full: { reason: 'status_list_full' },
  issued_token_too_long: { reason: 'issued_token_too_long', facts: SIZE },
  budget_exceeded: { reason: 'budget_exceeded', facts: { per: 'check_run_id', grants: 1 } },
  dpop_proof_invalid: { reason: 'dpop_proof_invalid', at: 'htu' },
  dpop_nonce_required: { reason: 'dpop_nonce_required', facts: { nonce: 'missing' } },
  dpop_proof_missing: { reason: 'dpop_proof_missing' },
  dpop_proof_unsupported: { reason: 'dpop_proof_unsupported' },
  dpop_proof_replayed: { reason: 'dpop_proof_replayed' },
  caller_unauthenticated: { reason: 'caller_unauthenticated' },
  token_of_another_client: { reason: 'token_of_another_client' },
  nothing_to_revoke: { reason: 'nothing_to_revoke', at: 'token_expired' },
}

/** Returns the reason and, if there is one, the name at fault. */
export function nameDenial(denial: Denial): string {
  const at = 'at' in denial ? denial.at : undefined
  return at === undefined ? denial.reason : `${denial.reason}: ${at}`
}
