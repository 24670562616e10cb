/** The texts of revocations and posture. */

import { SEVERITIES } from './texts.ts'

const count = (number: number, one: string, many = `${one}s`) =>
  `${number} ${number === 1 ? one : many}`

export const REVOCATIONS = {
  title: 'Revocations',
  loading: 'Loading the revocations',
  inForce: 'In force',
  none: 'No subject, rule, issuer or key is revoked.',
  tokens: (number: number) =>
    number === 0
      ? 'No single token is revoked.'
      : `${count(number, 'single token is', 'single tokens are')} revoked.`,
  what: 'What',
  issuedBefore: 'Tokens issued before',
  issuing: 'Issuing',
  stopped: 'stopped',
  goesOn: 'goes on',
  why: 'Why',
  who: 'Who',
  until: 'Until',
  actions: 'Actions',
  lift: 'Lift…',
  liftLabel: (what: string) => `Lift the revocation of ${what}`,
  lifted: (by: string) => `lifted by ${by}`,
  grains: {
    token: 'One token',
    subject: 'Subject',
    rule: 'Rule',
    issuer: 'Issuer',
    key: 'Signing key',
    all: 'Everything',
  },
  everything: 'every token of this gateway',
  revoke: 'Revoke',
  grain: 'What to revoke',
  fields: {
    token: {
      label: 'Token, jti or decision',
      hint: 'Paste the token, its jti, or the id of the decision that issued it. A token is sent to the gateway and is not stored.',
    },
    subject: { label: 'Subject', hint: 'The sub of the tokens.' },
    rule: { label: 'Rule', hint: 'The name of the rule that granted them.' },
    issuer: { label: 'Issuer', hint: 'Its name in the trust document, or its URL.' },
    key: { label: 'Key id', hint: 'The kid of the signing key.' },
  },
  allExplain: 'This ends every token of this gateway and stops issuing, also for administrators.',
  stops:
    'Tokens issued until now end, and no token is issued until the revocation ends or is lifted.',
  keepsIssuing: 'Go on issuing: only tokens issued until now end',
  count: 'Count first',
  counting: 'Counting…',
  needsName: 'Say what to revoke.',
  counted: (live: number, isLeast: boolean) =>
    `${isLeast ? 'At least ' : ''}${count(live, 'live token')} would end.`,
  ownToken: 'This ends your own session too.',
  confirmOwn: 'I know that my own session ends',
  reason: 'Reason',
  reasonNeeded: 'Say why, on one line.',
  typed: (word: string) => `Type "${word}" to confirm`,
  typedNeeded: (word: string) => `Type "${word}" first.`,
  doRevoke: 'Revoke now',
  revoking: 'Revoking…',
  revokedToken: (jti: string) => `The token ${jti} is revoked.`,
  revoked: (what: string) => `Revoked: ${what}.`,
  liftTitle: 'Lift the revocation',
  liftExplain: (what: string) =>
    `Tokens for ${what} are issued again. Those that were revoked stay revoked.`,
  doLift: 'Lift',
  liftedDone: (what: string) => `Lifted: ${what}.`,
  cancel: 'Cancel',
  mayNot: 'Your role can see revocations. Only an owner can revoke.',
} as const

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
