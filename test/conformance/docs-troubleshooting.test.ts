/** docs/troubleshooting.md has exactly one row for each named fault. */
import { describe, expect, it } from 'vitest'
import { STEPS } from '../../src/cli/operate/doctor/step.ts'
import type { ExchangeErrorCode } from '../../src/client/index.ts'
import { DENIALS } from '../../src/core/denial.ts'
import type { VerificationReason } from '../../src/verify/index.ts'
import type { KeyFaultName } from '../../src/worker/objects/trust-store/fetch/fetch-issuer-keys.ts'
import { readPage } from './support/docs/pages.ts'

/** A type cannot be listed at run time. A missing or unknown name does not compile. */
const CODES = {
  source_unavailable: true,
  unreachable: true,
  invalid_response: true,
  invalid_request: true,
  invalid_client: true,
  invalid_grant: true,
  unauthorized_client: true,
  unsupported_grant_type: true,
  invalid_scope: true,
  invalid_target: true,
  invalid_token: true,
  insufficient_scope: true,
  unsupported_token_type: true,
  invalid_dpop_proof: true,
  use_dpop_nonce: true,
  server_error: true,
  temporarily_unavailable: true,
} satisfies Record<ExchangeErrorCode, true>

const VERIFICATION_REASONS = {
  authorization_missing: true,
  scheme_unsupported: true,
  authorization_malformed: true,
  token_sent_twice: true,
  url_malformed: true,
  token_malformed: true,
  token_kind_not_accepted: true,
  algorithm_not_allowed: true,
  key_unknown: true,
  key_ambiguous: true,
  signature_invalid: true,
  issuer_not_trusted: true,
  audience_mismatch: true,
  claim_missing: true,
  claim_invalid: true,
  claim_mismatch: true,
  actor_missing: true,
  actor_forbidden: true,
  token_expired: true,
  token_not_yet_valid: true,
  token_bound: true,
  token_not_bound: true,
  certificate_mismatch: true,
  proof_missing: true,
  proof_replayed: true,
  proof_store_failed: true,
  proof_size: true,
  proof_form: true,
  proof_typ: true,
  proof_alg: true,
  proof_header: true,
  proof_jwk: true,
  proof_jti: true,
  proof_htm: true,
  proof_htu: true,
  proof_iat: true,
  proof_nbf: true,
  proof_exp: true,
  proof_nonce: true,
  proof_ath: true,
  proof_jkt: true,
  proof_signature: true,
  token_revoked: true,
  status_missing: true,
  status_invalid: true,
  scope_missing: true,
  gateway_unreachable: true,
  answer_status_unexpected: true,
  answer_too_large: true,
  answer_malformed: true,
  metadata_issuer_mismatch: true,
  jwks_address_refused: true,
  introspection_address_refused: true,
  key_set_unusable: true,
  status_list_invalid: true,
  refresh_under_way: true,
} satisfies Record<VerificationReason, true>

const KEY_FAULTS = {
  address_refused: true,
  unreachable: true,
  timed_out: true,
  redirected: true,
  status_not_200: true,
  too_large: true,
  not_json: true,
  issuer_mismatch: true,
  jwks_uri_refused: true,
  not_a_key_set: true,
  too_many_keys: true,
  no_usable_key: true,
  bundle_went_back: true,
  stored_keys_damaged: true,
} satisfies Record<KeyFaultName, true>

/** Returns the names in the first column of the tables below a heading. */
function rowsOf(heading: string): readonly string[] {
  const sections = readPage('docs/troubleshooting.md').split(/^## /m)
  const section = sections.find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const cells = [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell)
  return cells.flatMap((cell) => [...cell.matchAll(/`([a-z_0-9]+)`/g)].map(([, name = '']) => name))
}

describe('docs/troubleshooting.md', () => {
  it.each([
    ['exchange error code', 'What the job sees', Object.keys(CODES)],
    ['doctor step', 'What the doctor says', [...STEPS]],
    ['denial', "What the gateway's log says", Object.keys(DENIALS)],
    ['verification reason', 'What your API says', Object.keys(VERIFICATION_REASONS)],
    ['key fetch fault', 'What `edgemint issuers` says', Object.keys(KEY_FAULTS)],
  ] as const)('has one row for each %s', (_, heading, names) => {
    expect(rowsOf(heading).toSorted()).toEqual(names.toSorted())
  })

  it('links each denial to its paragraph', () => {
    const page = readPage('docs/troubleshooting.md')
    for (const reason of Object.keys(DENIALS)) {
      expect(page).toContain(`| [\`${reason}\`](errors.md#${reason}) |`)
    }
  })
})
