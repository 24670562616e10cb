/**
 * The table of posture checks: where each finding belongs in three documents that auditors use. What a
 * finding is called is in `titles.ts`. docs/posture.md has both, and a test compares them.
 */
import type { PostureId, PostureMapping } from '../../contract/posture/report.ts'

/** Without spaces: OWASP NHI Top 10; tenets of SP 800-207; CSF 2.0. */
const ROWS = {
  'POS-01': 'NHI1,NHI5;3;PR.AA-05,ID.AM-08',
  'POS-02': 'NHI1;3;PR.AA-05,ID.AM-08',
  'POS-03': 'NHI5;3;PR.AA-05',
  'POS-04': 'NHI1;4;PR.AA-05',
  'POS-05': 'NHI1;4;PR.AA-05,ID.AM-08',
  'POS-06': 'NHI1;4;GV.RR-02',
  'POS-07': 'NHI5,NHI9;3;GV.RR-02,PR.AA-05',
  'POS-08': 'NHI7;3;PR.AA-01,PR.AA-05',
  'POS-09': 'NHI2,NHI4;6;PR.AA-04',
  'POS-10': 'NHI4;6;PR.AA-02',
  'POS-11': 'NHI6;5;ID.RA-07',
  'POS-12': 'NHI3,NHI4;5,6;DE.CM-06,PR.AA-03',
  'POS-13': 'NHI7;5;PR.AA-01',
  'POS-14': 'NHI1;7;PR.PS-04',
  'POS-15': 'NHI1;1;ID.AM-08',
  // Of the command line: it needs the records of decisions.
  'POS-16': 'NHI5;3;PR.AA-05',
} as const satisfies Readonly<Record<PostureId, string>>

export type CheckId = keyof typeof ROWS

export const CHECK_IDS = Object.keys(ROWS) as readonly CheckId[]

export function mappingOf(id: CheckId): PostureMapping {
  const [nhi = [], tenets = [], csf = []] = ROWS[id].split(';').map((cell) => cell.split(','))
  return { owasp_nhi: nhi, sp_800_207: tenets.map(Number), csf }
}
