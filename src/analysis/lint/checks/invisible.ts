/**
 * Characters that nobody sees, and letters of another script that look like the ones around them:
 * what a reviewer reads is then not what is compared. Each is named by its code point and place.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type {
  CompiledTrust,
  Condition,
  Rule,
  TrustedIssuer,
} from '../../../core/policy/compile/compiled.ts'
import { codePointOf } from '../../../web/control-characters.ts'
import { nameOfCharacter } from '../character-names.ts'
import type { AnyRule, Found } from '../check.ts'
import type { Severity } from '../finding.ts'

/** Formats, blanks other than the space, and whatever Unicode says to draw as nothing. */
const INVISIBLE = /(?! )[\p{Cf}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu

type Text = {
  /** Completes "… has U+200B". */
  readonly what: string
  readonly text: string
  readonly place: DocumentPath
  readonly severity: Severity
}

/** LINT-38, at most one finding for each text of a rule. */
export function findInvisible({ rule, view }: AnyRule): readonly Found[] {
  const { expression } = rule
  const literals = view.reading?.texts ?? []
  const inSource = expression === undefined ? [] : findIn(sourceOf(expression.source))
  const inLiterals = literals.flatMap((text) =>
    // Written as an escape such as \u200b, which the source does not show either.
    inSource.length > 0 ? [] : findIn(textIn(['condition'])('a text of the expression', text)),
  )
  return [
    ...rule.conditions.flatMap(textsOfCondition).flatMap(findIn),
    ...inSource,
    ...inLiterals,
    ...textsOfGrant(rule).flatMap(findIn),
    ...textsForPeople(rule).flatMap(findIn),
  ]
}

const textIn =
  (place: DocumentPath, severity: Severity = 'error') =>
  (what: string, text: string): Text => ({ what, text, place, severity })

const sourceOf = (source: string) => textIn(['condition'])('the expression', source)

function textsOfCondition({ claim, test }: Condition): readonly Text[] {
  const at = textIn(['when', claim])
  const name = at('the name of the claim', claim)
  switch (test.kind) {
    case 'any_of':
    case 'none_of':
    case 'contains':
      return [name, ...test.values.map((value) => at('a value', String(value)))]
    case 'glob':
      return [name, at('the pattern', test.pattern.source)]
    default:
      return [name]
  }
}

function textsOfGrant({ grant }: Rule): readonly Text[] {
  if (grant === undefined) return []
  const { subject, claims } = grant
  return [
    ...(subject === undefined
      ? []
      : [textIn(['grant', 'subject'])('the template', subject.source)]),
    ...claims.map(({ name, template }) =>
      textIn(['grant', 'claims', name])('the template', template.source),
    ),
  ]
}

/** Nothing is compared with these, and a non-breaking space comes along with copied text. */
function textsForPeople({ owner, description, accepts }: Rule): readonly Text[] {
  return [
    ...(owner === undefined ? [] : [textIn(['owner'], 'warn')('the owner', owner)]),
    ...(description === undefined
      ? []
      : [textIn(['description'], 'info')('the description', description)]),
    ...accepts.map(({ reason }, index) =>
      textIn(['accept', index, 'reason'], 'info')('the reason', reason),
    ),
  ]
}

/** LINT-38 of an audience. */
export function findInvisibleAudience({ audience }: TrustedIssuer): readonly Found[] {
  return findIn(textIn(['audience'])('the audience', audience))
}

/** LINT-38 of a resource, which stands in the document once. */
export function findInvisibleResources({ resources }: CompiledTrust): readonly (Found & {
  readonly rule: undefined
})[] {
  return [...resources.values()].flatMap(({ uri }) =>
    findIn(textIn(['resources', uri])('the URI', uri)).map((one) => ({ ...one, rule: undefined })),
  )
}

function findIn({ what, text, place, severity }: Text): readonly Found[] {
  const index = indexOfInvisible(text)
  if (index !== undefined) {
    const message = `${what} has ${describe(text, index)}, which nobody sees, at ${positionOf(text, index)}`
    return [{ severity, path: place, message, fix: 'Remove it, and type the text anew.' }]
  }
  const foreign = findForeignLetter(text)
  if (foreign === undefined) return []
  const { index: at, script } = foreign
  const message = `${what} has ${describe(text, at)}, a ${script} letter among Latin ones, at ${positionOf(text, at)}`
  return [{ severity, path: place, message, fix: 'Type the text anew in one script.' }]
}

function indexOfInvisible(text: string): number | undefined {
  for (const { 0: character, index } of text.matchAll(INVISIBLE)) {
    if (!isPartOfEmoji(character, text.slice(0, index))) return index
  }
  return undefined
}

/** Pictures are written with a selector or a joiner after them: that is no disguise. */
function isPartOfEmoji(character: string, before: string): boolean {
  if (character === '\ufe0f') return /\p{Extended_Pictographic}$/u.test(before)
  const joins = character === '\u200d'
  return joins && /\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?$/u.test(before)
}

const WORDS = /[\p{L}\p{M}\p{N}_]+/gu
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}]/u

/** The first letter of one word that is Cyrillic or Greek where others are Latin. */
function findForeignLetter(text: string): { index: number; script: string } | undefined {
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    const at = word.search(LOOK_ALIKE)
    if (at === -1 || !/\p{Script=Latin}/u.test(word)) continue
    const script = /^\p{Script=Greek}/u.test(word.slice(at)) ? 'Greek' : 'Cyrillic'
    return { index: index + at, script }
  }
  return undefined
}

function describe(text: string, index: number): string {
  const character = String.fromCodePoint(text.codePointAt(index) ?? 0)
  const name = nameOfCharacter(character)
  return name === undefined ? codePointOf(character) : `${codePointOf(character)} ${name}`
}

/** Counted as an editor counts; the line is told where there are several. */
function positionOf(text: string, index: number): string {
  const lines = text.slice(0, index).split(/\r\n|\r|\n/)
  const column = [...(lines.at(-1) ?? '')].length + 1
  return lines.length > 1 ? `line ${lines.length}, character ${column}` : `character ${column}`
}
