/** The texts of the page of revocations. */
import { count } from './count.ts'

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
    `Tokens for ${what} are issued again within ten seconds. Those that were revoked stay revoked. An API that reads status lists may also refuse the tokens of the next 16 minutes.`,
  doLift: 'Lift',
  lifting: 'Lifting…',
  liftedDone: (what: string) => `Lifted: ${what}.`,
  cancel: 'Cancel',
  mayNot: 'Your role can see revocations. Only an owner can revoke.',
} as const
