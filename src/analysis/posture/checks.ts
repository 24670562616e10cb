/**
 * The table of posture checks: what each finding is called, and where it belongs in three documents
 * that auditors use. docs/posture.md has the same table, and a test compares them.
 */
import type { PostureId, PostureMapping } from '../../contract/posture/report.ts'

type Row = readonly [
  title: string,
  owaspNhi: PostureMapping['owasp_nhi'],
  tenets: PostureMapping['sp_800_207'],
  csf: PostureMapping['csf'],
]

const ROWS = {
  'POS-01': ['a rule that was never used', ['NHI1', 'NHI5'], [3], ['PR.AA-05', 'ID.AM-08']],
  'POS-02': ['a rule that is no longer used', ['NHI1'], [3], ['PR.AA-05', 'ID.AM-08']],
  'POS-03': ['a rule with scopes that nobody used', ['NHI5'], [3], ['PR.AA-05']],
  'POS-04': ['a rule that ends soon', ['NHI1'], [4], ['PR.AA-05']],
  'POS-05': ['a rule that has ended', ['NHI1'], [4], ['PR.AA-05', 'ID.AM-08']],
  'POS-06': ['a rule or an owner without the other', ['NHI1'], [4], ['GV.RR-02']],
  'POS-07': ['an owner with too much', ['NHI5', 'NHI9'], [3], ['GV.RR-02', 'PR.AA-05']],
  'POS-08': ['tokens that outlive their task', ['NHI7'], [3], ['PR.AA-01', 'PR.AA-05']],
  'POS-09': ['tokens without proof of possession', ['NHI2', 'NHI4'], [6], ['PR.AA-04']],
  'POS-10': ['a rule that rests on names alone', ['NHI4'], [6], ['PR.AA-02']],
  'POS-11': ['an accepted finding of lint', ['NHI6'], [5], ['ID.RA-07']],
  'POS-12': ['an issuer that fails', ['NHI3', 'NHI4'], [5, 6], ['DE.CM-06', 'PR.AA-03']],
  'POS-13': ['a signing key without a successor', ['NHI7'], [5], ['PR.AA-01']],
  'POS-14': ['use that is not known', ['NHI1'], [7], ['PR.PS-04']],
  'POS-15': ['an issuer or a resource without a rule', ['NHI1'], [1], ['ID.AM-08']],
  // Of the command line: it needs the records of decisions.
  'POS-16': ['a condition that is wider than its use', ['NHI5'], [3], ['PR.AA-05']],
} as const satisfies Readonly<Record<PostureId, Row>>

export type CheckId = keyof typeof ROWS

export const CHECK_IDS = Object.keys(ROWS) as readonly CheckId[]

export function titleOf(id: CheckId): string {
  return ROWS[id][0]
}

export function mappingOf(id: CheckId): PostureMapping {
  const [, owaspNhi, tenets, csf] = ROWS[id]
  return { owasp_nhi: owaspNhi, sp_800_207: tenets, csf }
}
