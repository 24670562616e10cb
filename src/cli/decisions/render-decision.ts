/**
 * Renders decisions as text. Each value is escaped by itself, because a caller chooses some of them: a
 * line feed in one must not begin a line of its own (ADM-13).
 */
import type { DecisionAnswer, DecisionExplanation } from '../../contract/decisions/answers.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { resourceOf } from '../../core/decisions/match.ts'
import { isJsonObject } from '../../web/json.ts'
import { makePlain } from '../../web/text/plain.ts'

/** One line: time, result, resource, issuer, subject, id. */
export function renderLine(record: DecisionRecord): string {
  const { at, issuer, subject, id } = record
  const resource = resourceOf(record)
  const columns = [renderTime(at), renderResult(record), resource, issuer, subject, id]
  return columns.map((text) => (text === undefined ? '-' : makePlain(text))).join('  ')
}

export function renderAnswer({ decision, explanation }: DecisionAnswer): string {
  return [...renderRecord(decision), ...renderExplanation(explanation)].join('\n')
}

/** Members that the lines above the others show. */
const SHOWN: ReadonlySet<string> = new Set(['v', 'id', 'at', 'outcome', 'claims'])

function renderRecord(record: DecisionRecord): readonly string[] {
  const rest = Object.entries(record).filter(([name]) => !SHOWN.has(name))
  return [
    `${makePlain(record.id)}`,
    `  time: ${renderTime(record.at)}`,
    `  result: ${makePlain(renderResult(record))}`,
    ...rest.flatMap(([name, value]) => renderMember(name, value)),
    ...Object.entries(record.claims ?? {}).flatMap(([name, value]) =>
      renderMember(`claims.${name}`, value),
    ),
  ]
}

function renderMember(name: string, value: unknown): readonly string[] {
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([inner, one]) => renderMember(`${name}.${inner}`, one))
  }
  const isTime = name.endsWith('expires_at') && typeof value === 'number'
  const text = isTime ? renderTime(value * 1000) : textOf(value)
  return [`  ${makePlain(name)}: ${makePlain(text)}`]
}

function renderExplanation(explanation: DecisionExplanation): readonly string[] {
  const { status, note, source, revision, agrees, summary, rules = [] } = explanation
  const { rules_omitted: omitted = 0, nearest_miss: nearest } = explanation
  const origin = source === 'document' ? `document, revision ${revision}` : source
  return [
    `explanation (${[status, origin].filter((part) => part !== undefined).join(', ')})`,
    ...(note === undefined ? [] : [`  ${makePlain(note)}`]),
    ...(agrees === false ? ['  this release decides differently than the record says'] : []),
    ...(summary === undefined ? [] : [`  ${makePlain(summary)}`]),
    ...rules.map(({ rule, sentence }) => `  ${makePlain(rule)}: ${makePlain(sentence)}`),
    ...(omitted > 0 ? [`  ${omitted} more rules are further from the request`] : []),
    ...(nearest === undefined ? [] : [`nearest: ${makePlain(nearest)}`]),
  ]
}

function renderResult({ outcome, reason, rule, part }: DecisionRecord): string {
  const detail = outcome === 'granted' ? rule : (reason ?? part)
  return detail === undefined ? outcome : `${outcome}: ${detail}`
}

function renderTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
