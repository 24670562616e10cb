/**
 * Renders revisions and the last change of rules as lines of text. Each value is escaped by itself: a
 * line feed in one must not begin a line of its own (ADM-13).
 */
import type { KeptRevision } from '../../../contract/admin.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { renderSeconds } from '../../audit/render-time.ts'
import type { BlamedRule, LastChange } from './blame.ts'

/** One line: revision, time, author, message. */
export function renderRevision(revision: KeptRevision): string {
  const { applied_at: at, author, message = '-', kept } = revision
  const left = kept ? '' : '  (its document is no longer stored)'
  return `${joinColumns([`${revision.revision}`, renderSeconds(at), author || 'unknown', message])}${left}`
}

/** One line: revision, time, author, rule and what happened to it, message. */
export function renderBlamed(blamed: BlamedRule): string {
  const { rule, line, state, last } = blamed
  const name = line === undefined ? rule : `${line}: ${rule}`
  if (last === undefined) return joinColumns(['-', '-', '-', `${name} (${state})`, '-'])
  const { revision, applied_at: at, author, message = '-' } = last
  const number = last.is_exact ? `${revision}` : `<=${revision}`
  const what = [describeChange(last), ...(state === undefined ? [] : [state])].join('; ')
  return joinColumns([number, renderSeconds(at), author || 'unknown', `${name} (${what})`, message])
}

function describeChange({ change, renamed_to: name }: LastChange): string {
  return name === undefined ? change : `renamed to ${name}`
}

function joinColumns(columns: readonly string[]): string {
  return columns.map(makePlain).join('  ')
}
