/** The texts of the page of the posture. */
import { count } from './count.ts'
import { SEVERITIES } from './shell.ts'

export const POSTURE = {
  title: 'Posture',
  loading: 'Examining the gateway',
  explain: (revision: number) =>
    `Revision ${revision} of the trust document, its use, the issuers and the keys.`,
  unusedDays: 'Unused after days',
  daysWrong: (most: number) => `A number of days from 1 to ${most}.`,
  examine: 'Examine',
  severity: 'Severity',
  all: 'all',
  severities: SEVERITIES,
  finding: 'Finding',
  search: 'Search',
  shown: (shown: number, total: number) =>
    shown === total ? count(total, 'finding') : `${shown} of ${count(total, 'finding')}`,
  none: 'Nothing was found.',
  noneOfFilter: 'No finding fits the filter.',
  about: 'About',
  found: 'What was found',
  fix: 'What to do',
  narrower: 'The narrower rule',
  kinds: {
    rule: 'Rule',
    resource: 'Resource',
    issuer: 'Issuer',
    owner: 'Owner',
    key: 'Key',
    gateway: 'Gateway',
  },
  exportJson: 'Export JSON',
  exportCsv: 'Export CSV',
  tenet: (number: number) => `SP 800-207 tenet ${number}`,
  filter: 'Filter the findings',
  usage: {
    on: 'The use of rules is known.',
    partial: 'More rights were used than the gateway reports, so findings about use are left out.',
    off: 'This gateway keeps no decisions, so the use of rules is not known.',
  },
} as const
