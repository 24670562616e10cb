/** The texts of the editor of the trust document, and of its panels. */
import { count } from './count.ts'
import { SEVERITIES } from './shell.ts'

export const EDITOR = {
  title: 'Trust document',
  loading: 'Loading the trust document',
  loadingTools: 'Loading the editor',
  label: 'Trust document',
  inForce: (revision: number) => `Revision ${revision} is in force.`,
  began: (revision: number) => `This draft began at revision ${revision}.`,
  unchanged: 'No changes.',
  checking: 'Checking…',
  check: 'Check',
  large: 'This document is large. Choose Check to see problems and changes.',
  summary: (changes: number, findings: number) =>
    `${count(changes, 'change')}, ${findings === 0 ? 'no findings' : count(findings, 'finding')}.`,
  refused: (problems: number) => `${count(problems, 'problem')}: the gateway would refuse it.`,
  keys: 'Tab indents. Press Escape, then Tab to leave the editor. Ctrl+Space completes.',
  keysOfMac: 'Tab indents. Press Escape, then Tab to leave the editor. Control+Space completes.',
  plain: 'Plain text field',
  formats: 'Format',
  yaml: 'YAML',
  json: 'JSON',
  formatNeedsValid: 'Correct the problems first: the format of a text with problems cannot change.',
  commentsLost:
    'The gateway stores the document without comments. Keep a commented file in a repository and use edgemint apply.',
  toolsFailed: {
    title: 'The checks could not be loaded',
    detail: 'You can edit the JSON. The gateway checks it before it is applied.',
  },
  codeFailed: {
    title: 'The code editor could not be loaded',
    detail: 'This text field does the same, without colours and completion.',
  },
  restored: (at: string) => `This is your draft of ${at}. It was kept in this tab.`,
  discard: 'Discard the draft',
  discardConfirm: 'Discard your changes and show the document in force?',
  apply: 'Apply…',
  mayNotWrite: 'Your role can edit and check a draft. Only an approver or an owner can apply it.',
} as const

export const PROBLEMS = {
  title: 'Problems and findings',
  none: 'No problems. No findings of lint concern your changes.',
  others: (number: number) => `${count(number, 'finding')} in parts that you did not change.`,
  place: (line: number, column: number) => `Line ${line}, column ${column}`,
  problem: 'problem',
  severities: SEVERITIES,
  more: (number: number) => `And ${number} more.`,
} as const

export const CHANGES = {
  title: 'Changes',
  none: 'The draft and the document in force are the same.',
  kinds: { added: 'added', removed: 'removed', changed: 'changed' },
  effects: {
    widened: 'widens access',
    narrowed: 'narrows access',
    same: 'same access',
    changed: 'changes access',
  },
  parts: { issuer: 'Issuer', resource: 'Resource', rule: 'Rule' },
  renamed: (before: string) => `renamed from ${before}`,
  moved: (before: number, after: number) => `moved from place ${before} to place ${after}`,
  before: 'before',
  after: 'after',
  more: (number: number) => `And ${count(number, 'more change', 'more changes')}.`,
} as const

export const IMPACT = {
  title: 'Impact',
  explain: 'Replays recorded decisions through the document in force and through your draft.',
  period: 'Period',
  periods: {
    '3600': 'last hour',
    '86400': 'last 24 hours',
    '604800': 'last 7 days',
    '2592000': 'last 30 days',
  },
  run: 'Replay',
  cancel: 'Cancel',
  reading: (number: number) => `${count(number, 'decision')} read…`,
  needsChange: 'Without changes there is nothing to replay.',
  needsValid: 'Correct the problems first: a document with problems cannot be replayed.',
  needsScope: 'This needs the scope decisions:read, which your role does not have.',
  noBase: 'The console cannot read the document in force, so nothing can be replayed.',
  outdated: 'The draft has changed since. Replay it again.',
  total: (decisions: number, replayed: number) =>
    `${count(decisions, 'decision')}, ${replayed} replayed exactly.`,
  groups: { loses: 'Lose access', gains: 'Gain access', changes: 'Get another token' },
  nobody: 'nobody',
  size: (identities: number, decisions: number) =>
    `${count(identities, 'identity', 'identities')}, ${count(decisions, 'decision')}`,
  who: 'Who',
  was: 'Before',
  becomes: 'After',
  seen: 'Decisions',
  example: 'Example',
  more: (number: number) => `And ${count(number, 'more identity', 'more identities')}.`,
} as const

export const STALE = {
  title: (revision: number) => `Revision ${revision} is in force now`,
  detail: (base: number) =>
    `Your draft began at revision ${base}. Nothing was applied, and your text is kept.`,
  meanwhile: 'What changed meanwhile',
  unknown: 'The gateway no longer has the document that your draft began at.',
  by: (revision: number, author: string) => `Revision ${revision} by ${author}`,
  rebase: (revision: number) => `Put my changes on revision ${revision}`,
  take: 'Show the document in force',
  compare: 'Keep my text',
  rebased: (revision: number) => `Your changes are now on revision ${revision}. Check them again.`,
  kept: (revision: number) => `Your text is now compared with revision ${revision}.`,
  conflicts:
    'Both sides changed these parts. The text has your version of them, so applying it undoes the other:',
  needsValid: 'Correct the problems of your text first: they prevent that your changes are moved.',
} as const

export const APPLY = {
  title: 'Apply the draft',
  lead: (revision: number) =>
    `This replaces revision ${revision}, and governs every exchange within 10 seconds.`,
  message: 'Message',
  messageHint: 'Why you make this change. It is kept with the revision.',
  messageNeeded: 'Write a message.',
  tooLong: (most: number) => `The message with the reason has at most ${most} characters.`,
  findings: (number: number) => `${count(number, 'unresolved finding')} of lint`,
  findingsExplain:
    'Change the rule, or accept the finding in the rule with a reason. To apply the draft as it is, confirm and say why.',
  confirm: 'I know these findings and want to apply the draft',
  reason: 'Reason',
  reasonHint: 'It becomes part of the message.',
  confirmNeeded: 'Confirm the findings and give a reason.',
  accepted: (message: string, ids: string, reason: string) =>
    `${message} [despite ${ids}: ${reason}]`,
  nothing: 'The draft has no changes.',
  cancel: 'Cancel',
  apply: 'Apply',
  applying: 'Applying…',
  refused: 'The gateway refuses the draft. Nothing was applied.',
  stale: (revision: number) =>
    `Nothing was applied: somebody applied revision ${revision} meanwhile. Your text is kept.`,
  staleUnknown:
    'Nothing was applied: somebody applied another revision meanwhile. Your text is kept. Reload the page to see that revision.',
  done: (revision: number) => `Applied as revision ${revision}.`,
  inForce: (revision: number) =>
    `Your text is in force: revision ${revision} has the same document.`,
} as const
