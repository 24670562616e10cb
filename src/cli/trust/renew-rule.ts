/**
 * Changes the end of one rule in the text of a trust file. Only the characters of the date change, so
 * comments, order and style stay.
 */
import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { parseMoment } from '../../web/moment.ts'
import { fail, ok, type Result } from '../../web/result.ts'

export type Renewed = {
  readonly text: string
  /** The end of the rule before, as the file spells it. */
  readonly before: string
}

export type RenewFault =
  /** The names of all rules, to suggest one. */
  | { readonly kind: 'unknown'; readonly names: readonly string[] }
  | { readonly kind: 'endless' | 'shared' }
  | { readonly kind: 'not_later'; readonly before: string }

/** `text` is a file that compiles. `until` is a date such as `2027-03-31`, or a UTC time. */
export function renewRule(text: string, name: string, until: string): Result<Renewed, RenewFault> {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  const rules = document.get('rules')
  const list = isSeq(rules) ? rules.items : []
  const nameOf = (rule: unknown) => (isMap(rule) ? rule.get('name') : undefined)
  const rule = list.find((one) => nameOf(one) === name)
  if (!isMap(rule)) {
    return fail({
      kind: 'unknown',
      names: list.map(nameOf).filter((one) => typeof one === 'string'),
    })
  }
  if (!rule.has('expires')) return fail({ kind: 'endless' })
  const node = rule.get('expires', true)
  // An alias, or the node that an alias repeats, is the end of other rules too.
  if (!isScalar(node) || node.anchor !== undefined || !node.range) return fail({ kind: 'shared' })
  const before = String(node.value)
  if ((parseMoment(until) ?? 0) <= (parseMoment(before) ?? 0)) {
    return fail({ kind: 'not_later', before })
  }
  const [start, end] = node.range
  const source = text.slice(start, end)
  const [first = ''] = source
  const quote = first === '"' || first === "'" ? first : ''
  // A text in the form of a block (`>-`) ends with its line end, which stays.
  const rest = source.slice(source.trimEnd().length) + text.slice(end)
  return ok({ text: `${text.slice(0, start)}${quote}${until}${quote}${rest}`, before })
}
