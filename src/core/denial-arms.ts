/** What each denial leaves in the log. Types only: `denial.ts` has the wire form of each. */
import type { DpopFault } from '../protocol/dpop/check-proof.ts'
import type { CoarseGrain } from '../protocol/revocations.ts'
import type { UnrenderableTemplate } from '../protocol/template-fault.ts'
import type { JsonFault } from './evidence/strict-json.ts'
import type { LoggableAlgorithm, LoggableType } from './loggable.ts'
import type { ReplayMode } from './policy/compile/compiled.ts'
import type { RuleTrace } from './policy/decide/trace.ts'

/**
 * The facts of a denial, by reason: names and numbers of this deployment, numbers in the token, and
 * hashes.
 */
export type Arms = {
  content_type_unsupported: Bare
  content_encoding_unsupported: Bare
  body_too_large: Facts<{ limit: number }>
  body_malformed: Bare
  /** Without `at` if the parameter is unknown. */
  parameter_repeated: Partial<At>
  parameter_missing: At
  parameter_invalid: At & Partial<Facts<Size>>
  parameter_unsupported: At
  parameter_of_another_grant: At
  token_type_unsupported: At
  grant_type_unsupported: Bare
  client_authentication_unsupported: At
  client_authentication_refused: Bare
  client_ambiguous: Bare
  client_assertion_missing: At<'client_assertion' | 'client_assertion_type'>
  client_assertion_type_unsupported: Bare
  trust_domain_missing: Bare
  client_mismatch: Bare
  /** How many resources the matching rules grant: none, or several. */
  target_missing: Facts<{ targets: number }>
  target_invalid: At<'resource'> & Facts<Size>
  /** How many different resources were named. */
  target_ambiguous: Facts<{ targets: number }>
  /** With facts if there are too many scopes. */
  scope_malformed: Partial<Facts<Size>>
  rate_limited: At<'address' | 'subject'>
  token_malformed:
    | At<'compact_form' | 'base64url' | `header.${string}`>
    | (At<JsonFault> & Facts<{ part: 'header' | 'claims' }>)
  token_too_large: At<'token' | 'header'> & Facts<Size>
  /** The algorithms of the issuer's provider, once the issuer is known. */
  algorithm_not_allowed: Facts<{ alg: LoggableAlgorithm; allowed?: readonly string[] }>
  /** `keys`: how many usable keys the issuer has. */
  key_unknown: Facts<KeyFacts & { keys: number }>
  issuer_keys_unusable: Bare
  signature_invalid: Facts<KeyFacts>
  issuer_not_trusted: Facts<
    { iss: 'missing' | 'mismatch' } | { iss: 'unknown'; searched: 'document' | 'policy' }
  >
  token_kind_not_accepted: Facts<{ typ: LoggableType; accepted: readonly (string | null)[] }>
  /** `audiences`: how many the token has. */
  audience_mismatch: Facts<{ expected: string; audiences: number }>
  /** Without `exp` for an expired token of this gateway. */
  token_expired: Facts<{ exp?: number; now: number }>
  token_not_yet_valid: Facts<{ iat: number; now: number } | { nbf: number; now: number }>
  token_lifetime_exceeded: Facts<{ lifetimeSeconds: number; maxLifetimeSeconds: number }>
  claim_missing: At
  claim_invalid: At<
    | ('exp' | 'iat' | 'nbf' | 'sub' | 'jti' | 'anc' | 'act')
    | ('client_id' | 'resource' | 'scope' | 'authorization_details' | 'txn' | 'req_wl')
  > &
    Facts<{
      expected:
        | ('numeric_date' | 'text' | 'spiffe_id' | 'equal_to_other_claims' | 'ancestors' | 'actors')
        | ('resource_uri' | 'scope' | 'absent')
    }>
  token_bound: Bare
  token_revoked: Bare
  /** The grain of the revocation that is in force. */
  subject_token_revoked: Facts<{ grain: CoarseGrain }>
  issuing_stopped: Facts<{ grain: CoarseGrain }>
  admin_token: Bare
  chain_too_long: Facts<Size>
  target_exceeds_assertion: Facts<{ resourceHash: string | null }>
  scope_exceeds_assertion: Bare
  actor_is_subject: Bare
  actor_issuer_not_trusted: Bare
  actor_expired: Bare
  actor_revoked: Bare
  /** Why a subject token would be refused. */
  actor_not_accepted: Facts<{ cause: keyof Arms }>
  actor_delegated: Bare
  actor_not_named: Bare
  actor_chain_too_long: Facts<Size>
  /** The rule that granted the subject token or one of its ancestors. */
  granting_rule_ended: Facts<{ rule: string }>
  resource_left: Bare
  resource_unknown: Facts<{ resourceHash: string | null }>
  no_rule_matched: Traced
  rule_denied: Traced & Facts<{ rule: string }>
  /** The requested scopes that the resource has, and how many it does not have. */
  scope_not_granted: Traced & Facts<{ scopes: readonly string[]; unknownScopes: number }>
  template_unrenderable: Traced & At & { readonly template: UnrenderableTemplate }
  token_used: Facts<{ replay: ReplayMode }>
  status_list_full: Bare
  /** The characters that the issued token would have. */
  issued_token_too_long: Facts<Size>
  /** `per`: the claim that names the job. */
  budget_exceeded: Facts<{ per: string; grants: number }>
  dpop_proof_invalid: At<DpopFault>
  dpop_nonce_required: Facts<{ nonce: 'missing' | 'unknown' }>
  dpop_proof_missing: Bare
  dpop_proof_unsupported: Bare
  dpop_proof_replayed: Bare
  caller_unauthenticated: Bare
  token_of_another_client: Bare
  nothing_to_revoke: At<'token_expired' | 'token_unknown'>
}

type Bare = object
/**
 * The parameter, claim, template or limit at fault. It is always a known name, never a text from
 * the request.
 */
type At<Name extends string = string> = { readonly at: Name }
/** Facts for the log only. */
export type Facts<Values> = { readonly facts: Readonly<Values> }
/** The trace of the rules, for the log and for callers that belong to the rule's tenant. */
type Traced = { readonly trace: readonly RuleTrace[] }
type Size = { length: number; limit: number }
type KeyFacts = { alg: LoggableAlgorithm; keyIdHash: string | null }
