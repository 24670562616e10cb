/**
 * Ids of the groups, and those of them whose rule no line of ours enforces: there is nothing to
 * take away, so no change of the source could show that a test notices.
 */

/** How many ids each group of attacks has: TOK-01 to TOK-18, and so on. */
export const GROUPS = {
  TOK: 18,
  CLM: 15,
  KEY: 13,
  NET: 15,
  ISS: 6,
  EXC: 17,
  REP: 5,
  WRK: 10,
  LOG: 4,
  OUT: 6,
  ADM: 16,
  RULE: 24,
  REV: 7,
  MAP: 6,
  DPOP: 5,
  LINT: 36,
} as const

const NO_PROOF = 'tokens are bearer tokens: no proof of possession is read yet'

export const WITHOUT_MUTANT: Readonly<Record<string, string>> = {
  'TOK-18': 'says where the tests run: the worker project runs them on workerd',
  'ADM-05': 'there are no tenants: each store has one name, and no input chooses it',
  'ADM-11': 'there is no admin secret: an administrator holds a token that we signed',
  'RULE-12': 'a ref is text that is compared whole: no code takes one apart',
  'RULE-14': 'a workflow reference is compared whole: no code splits one at its @',
  'REV-05': 'the gateway exchanges none of its own tokens (EXC-07), so no token has a parent',
  'DPOP-01': NO_PROOF,
  'DPOP-02': NO_PROOF,
  'DPOP-03': NO_PROOF,
  'DPOP-05': NO_PROOF,
}
