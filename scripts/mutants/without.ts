/**
 * Ids of attacks (docs/threat-model.md) and lint rules (docs/lint.md) that no single line enforces,
 * with the reason. No mutant can remove such a check.
 */

export const WITHOUT_MUTANT: Readonly<Record<string, string>> = {
  'TOK-18': 'a requirement on the tests: the worker project runs them on workerd',
  'ADM-05': 'there are no tenants: each store has one name, and no input chooses it',
  'ADM-11': 'there is no admin secret: an administrator has a token that the gateway issued',
  'RULE-12': 'a ref is compared as a whole: no code splits it',
  'RULE-14': 'a workflow reference is compared as a whole: no code splits it at its @',
}
