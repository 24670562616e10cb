/**
 * Ids of attacks (docs/threat-model.md) and lint rules (docs/lint.md) that no line of ours enforces.
 * There is nothing to take away, so no change of the source could show that a test notices.
 */

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
