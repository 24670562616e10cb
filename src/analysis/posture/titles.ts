/** What each posture finding is called. Apart from the table, so that no title is in the Worker. */
import type { CheckId } from './checks.ts'

const TITLES: Readonly<Record<CheckId, string>> = {
  'POS-01': 'a rule that was never used',
  'POS-02': 'a rule that is no longer used',
  'POS-03': 'a rule with unused scopes',
  'POS-04': 'a rule that ends soon',
  'POS-05': 'a rule that has ended',
  'POS-06': 'a rule or an owner without the other',
  'POS-07': 'an owner with too much',
  'POS-08': 'tokens that outlive their task',
  'POS-09': 'tokens without proof of possession',
  'POS-10': 'a rule that rests on names alone',
  'POS-11': 'an accepted finding of lint',
  'POS-12': 'an issuer that fails',
  'POS-13': 'a signing key without a successor',
  'POS-14': 'use that is not known',
  'POS-15': 'an issuer or a resource without a rule',
  'POS-16': 'a condition that is wider than its use',
}

export function titleOf(id: CheckId): string {
  return TITLES[id]
}
