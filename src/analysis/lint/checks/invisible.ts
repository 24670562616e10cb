/**
 * Checks for invisible characters, and for letters of another script that look like the letters around
 * them. A reviewer would read another text than the gateway compares. The message names the code point.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type {
  CompiledTrust,
  Condition,
  Rule,
  TrustedIssuer,
} from '../../../core/policy/compile/compiled.ts'
import {
  type ClaimMember,
  type ClaimTree,
  listTemplates,
} from '../../../core/policy/language/claim-tree.ts'
import { codePointOf } from '../../../web/text/control-characters.ts'
import { nameOfCharacter } from '../character-names.ts'
import type { AnyRule, Found } from '../check.ts'
import type { Severity } from '../finding.ts'

/** Format characters, spaces other than U+0020, and characters that Unicode displays as nothing. */
const INVISIBLE = /(?! )[\p{Cf}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu

type Text = {
  /** Completes "… has U+200B". */
  readonly what: string
  readonly text: string
  readonly place: DocumentPath
  readonly severity: Severity
}

/** LINT-38, with at most one finding for each text of a rule. */
export function findInvisible({ rule, view }: AnyRule): readonly Found[] {
  const { expression } = rule
  const literals = view.reading?.texts ?? []
  const inSource = expression === undefined ? [] : findIn(sourceOf(expression.source))
  const inLiterals = literals.flatMap((text) =>
    // The literal has an escape such as \u200b, so the source text itself has no such character.
    inSource.length > 0 ? [] : findIn(textIn(['condition'])('a text of the expression', text)),
  )
  return [
    ...rule.conditions.flatMap(textsOfCondition).flatMap(findIn),
    ...inSource,
    ...inLiterals,
    ...textsOfGrant(rule).flatMap((text) => [...findIn(text), ...findOuterSpace(text)]),
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
    ...namesOfClaims(claims, ['grant', 'claims']),
    ...listTemplates(claims).map(({ template, path }) =>
      textIn(['grant', 'claims', ...path])('the template', template.source),
    ),
  ]
}

/** The names of claims and of their parts. A reviewer would read another name than an API does. */
function namesOfClaims(members: readonly ClaimMember[], place: DocumentPath): readonly Text[] {
  return members.flatMap(({ name, value }) => {
    const at = [...place, name]
    return [textIn(at)('the name of the claim', name), ...namesInTree(value, at)]
  })
}

function namesInTree(tree: ClaimTree, place: DocumentPath): readonly Text[] {
  if (tree.kind === 'object') return namesOfClaims(tree.members, place)
  if (tree.kind !== 'list') return []
  return tree.items.flatMap((item, index) => namesInTree(item, [...place, index]))
}

/** Texts that are not compared. Copied text often contains a non-breaking space. */
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

/** LINT-38 for an audience. */
export function findInvisibleAudience({ audience }: TrustedIssuer): readonly Found[] {
  return findIn(textIn(['audience'])('the audience', audience))
}

/** LINT-38 for resources. */
export function findInvisibleResources({ resources }: CompiledTrust): readonly (Found & {
  readonly rule: undefined
})[] {
  return [...resources.values()]
    .flatMap(({ uri, audience, alsoKnownAs }) => {
      const at = ['resources', uri]
      return [
        textIn(at)('the URI', uri),
        ...(audience === uri ? [] : [textIn([...at, 'audience'])('the audience', audience)]),
        ...alsoKnownAs.map((name, index) =>
          textIn([...at, 'also_known_as', index])('the name', name),
        ),
      ]
    })
    .flatMap(findIn)
    .map((one) => ({ ...one, rule: undefined }))
}

function findIn({ what, text, place, severity }: Text): readonly Found[] {
  const index = indexOfInvisible(text)
  if (index !== undefined) {
    const message = `${what} has ${describe(text, index)}, an invisible character, at ${positionOf(text, index)}`
    return [{ severity, path: place, message, fix: 'Remove it and type the text again.' }]
  }
  const foreign = findForeignLetter(text)
  if (foreign === undefined) return []
  const { index: at, script } = foreign
  const message = `${what} has ${describe(text, at)}, a ${script} letter among Latin ones, at ${positionOf(text, at)}`
  return [{ severity, path: place, message, fix: 'Type the text again in one script.' }]
}

/** A space at an end of an issued text. In a condition, LINT-37 reports it. */
function findOuterSpace({ what, text, place }: Text): readonly Found[] {
  if (!/^ | $/.test(text)) return []
  const message = `${what} begins or ends with a space, and so does each issued text`
  return [{ severity: 'warn', path: place, message, fix: 'Remove the space.' }]
}

function indexOfInvisible(text: string): number | undefined {
  for (const { 0: character, index } of text.matchAll(INVISIBLE)) {
    if (!isPartOfEmoji(character, text.slice(0, index))) return index
  }
  return undefined
}

/** Emoji contain a variation selector or a joiner, which is harmless. */
function isPartOfEmoji(character: string, before: string): boolean {
  if (character === '\ufe0f') return /\p{Extended_Pictographic}$/u.test(before)
  const joins = character === '\u200d'
  return joins && /\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?$/u.test(before)
}

const WORDS = /[\p{L}\p{M}\p{N}_]+/gu
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}]/u

/** The first Cyrillic or Greek letter in a word that also has Latin letters. */
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

/** The position as an editor counts it. The line is included if it is not the first. */
function positionOf(text: string, index: number): string {
  const lines = text.slice(0, index).split(/\r\n|\r|\n/)
  const column = [...(lines.at(-1) ?? '')].length + 1
  return lines.length > 1 ? `line ${lines.length}, character ${column}` : `character ${column}`
}
