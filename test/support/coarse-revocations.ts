/**
 * A token and, for each coarse grain, a revocation that names it. Rows differ only in the grain.
 */
import { type CoarseGrain, EVERYTHING } from '../../src/protocol/revocations.ts'
import { REVOCABLE_ISSUED_AT, revocable } from './revocable-token.ts'

export const COARSE_TOKEN = revocable('one', {
  sub: 'repo:acme/api',
  client_id: 'deploy',
  origin: { iss: 'https://issuer.example.com', sub: 'repo:acme/api:ref:refs/heads/main' },
  kid: 'key-1',
})

type Row = readonly [name: string, grain: CoarseGrain, id: string]

/** Each of these names the token. */
export const NAMING: readonly Row[] = [
  ['its subject', 'subject', 'repo:acme/api'],
  ['the subject of its subject token', 'subject', 'repo:acme/api:ref:refs/heads/main'],
  ['its rule', 'rule', 'deploy'],
  ['its issuer', 'issuer', 'https://issuer.example.com'],
  ['its key', 'key', 'key-1'],
  ['everything', 'all', EVERYTHING],
]

/** Each of these names another token. */
export const NOT_NAMING: readonly Row[] = [
  ['another subject', 'subject', 'repo:acme/ap'],
  ['another rule', 'rule', 'Deploy'],
  ['another issuer', 'issuer', 'https://issuer.example.com/'],
  ['another key', 'key', 'key-10'],
  ['a rule with the name of the subject', 'rule', 'repo:acme/api'],
  ['a subject with the name of the rule', 'subject', 'deploy'],
  ['a subject with the name of the issuer', 'subject', 'https://issuer.example.com'],
]

/** The token was issued in the second before this one. */
export const AFTER_ISSUE = REVOCABLE_ISSUED_AT + 1
