/**
 * Adds to the message of a problem what to write instead, where the document shows it. The gateway
 * sends its problems without this, because it needs the whole schema.
 */
import type { DocumentPath, DocumentProblem } from '../../contract/admin.ts'
import { describeTrustDocument } from '../../contract/trust-schema/json-schema.ts'
import { findNearest } from '../../web/text/nearest.ts'
import { findMeantClaim } from './claim-remedy.ts'
import { adviseCondition } from './condition-remedy.ts'
import { adviseIssuer, describeUnseen, findProviderId } from './issuer-remedy.ts'
import { adviseKey } from './key-remedy.ts'
import type { TrustFile } from './trust-file.ts'

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

type Remedy = (
  problem: DocumentProblem,
  document: unknown,
  quote: TrustFile['quote'],
) => string | undefined

const REMEDIES: Readonly<Record<string, Remedy>> = {
  key_unknown: nameKnownKey,
  type_wrong: writeInType,
  provider_unknown: nameProvider,
  issuer_unknown: (problem, document) => suggestKey(problem, document, 'issuers'),
  resource_unknown: (problem, document) => suggestKey(problem, document, 'resources'),
  scope_unknown: (problem, document) => {
    const scopes = readPath(document, ['resources', resourceOf(problem, document), 'scopes'])
    if (!Array.isArray(scopes)) return undefined
    const names = scopes.filter((scope) => typeof scope === 'string')
    const meant = didYouMean(findNearest(String(readPath(document, problem.path)), names))
    return meant ?? (names.length > MAX_LISTED ? undefined : `its scopes are ${names.join(', ')}`)
  },
  claim_unknown: ({ path, message }) => {
    const name = String(path.at(-1))
    if (path.at(-2) === 'when' && RULE_MEMBERS.includes(name)) {
      return `${name} is a member of the rule: write it beside when, not in it`
    }
    const id = /^unknown claim ".*" for (\S+)$/s.exec(message)?.[1]
    if (id === undefined) return undefined
    return didYouMean(findMeantClaim(name, id)) ?? `\`edgemint providers ${id}\` lists its claims`
  },
  template_invalid: ({ path }, document) =>
    String(readPath(document, path)).includes('{{')
      ? 'write {claim} with one brace on each side, such as {sub}'
      : undefined,
  issuer_invalid: ({ path, message }, document) =>
    / does not look like | is not https:/.test(message)
      ? adviseIssuer(
          readPath(document, path),
          readPath(document, [...path.slice(0, -1), 'provider']),
        )
      : undefined,
}

/** Members of a rule that are indented too far look like claims. */
const RULE_MEMBERS: readonly string[] = ['acting_as', 'condition', 'effect', 'grant', 'mode']

export function addRemedy<P extends DocumentProblem>(
  problem: P,
  { value, quote }: Pick<TrustFile, 'value' | 'quote'>,
): P {
  const { code, path } = problem
  if (code === 'issuer_invalid' || code === 'key_host_invalid') {
    const unseen = describeUnseen(readPath(value, path))
    if (unseen !== undefined) return { ...problem, message: unseen }
  }
  const message =
    code === 'condition_impossible' ? quoteNumber(problem.message, path, quote) : problem.message
  const isProvider = path[0] === 'issuers' && path.length === 3 && path[2] === 'provider'
  const remedy = (isProvider ? nameProvider : REMEDIES[code])?.(problem, value, quote)
  return { ...problem, message: remedy === undefined ? message : `${message}; ${remedy}` }
}

/** An id such as 012345678901 is a number without its first zero, so the text of the file is shown. */
function quoteNumber(message: string, path: DocumentPath, quote: TrustFile['quote']): string {
  return message.replace(/(?<=; write ")(-?[\d.e+]+)(?="$)/, (number) =>
    String(quote(path, Number(number)) ?? number),
  )
}

/** A display name is refused as text before it is looked up. */
function nameProvider({ path }: DocumentProblem, document: unknown): string | undefined {
  const name = readPath(document, path)
  return typeof name === 'string' ? didYouMean(findProviderId(name)) : undefined
}

function nameKnownKey({ path }: DocumentProblem, document: unknown): string | undefined {
  const parent = path.slice(0, -1)
  if (isDenyRule(parent, document) && path.at(-1) === 'grant') {
    return 'a rule with effect: deny grants nothing, so remove it'
  }
  const advice = adviseKey(path)
  if (advice !== undefined) return advice
  const keys = Object.keys(findSchema(parent)?.properties ?? {})
  if (keys.length === 0) return undefined
  return didYouMean(findNearest(String(path.at(-1)), keys)) ?? `use one of ${keys.join(', ')}`
}

/** Writes a value in the type that the message names. A number of seconds becomes a duration. */
function writeInType(
  { path, message }: DocumentProblem,
  document: unknown,
  quote: TrustFile['quote'],
): string | undefined {
  const value = readPath(document, path)
  const advice = adviseCondition(path, value)
  if (advice !== undefined) return advice
  // A shorter path ends with a name that the author chose.
  const example = path.length > 2 ? EXAMPLES[memberOf(path)] : undefined
  if (example !== undefined && /^must be an? (string|object|list),/.test(message)) {
    return `write ${example(value)}`
  }
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
  if (!isScalar || String(value).length > MAX_SHOWN_CHARACTERS) return undefined
  if (message.startsWith('must be a list')) {
    // The entries of `rules` are objects.
    if (path.length === 1) return undefined
    const items = typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : [value]
    return `write [${items.map(asItem).join(', ')}]`
  }
  const isMeant = message.startsWith(`must be a ${typeof readScalar(value)}`)
  if (typeof value === 'string' && isMeant) return `write ${value} without quotes`
  if (!message.startsWith('must be a string')) return undefined
  return `write "${quote(path, value) ?? value}"`
}

/** YAML reads other texts as a number, an alias or an object. */
const asItem = (item: string | unknown) =>
  /^[A-Za-z][\w.:/+-]*$/.test(String(item)) ? String(item) : JSON.stringify(String(item))

/** What a text would be without quotes, if that is a number, true or false. */
function readScalar(text: unknown): unknown {
  const isScalar = typeof text === 'string' && /^(?:true|false|-?(?:0|[1-9]\d{0,14}))$/.test(text)
  return isScalar ? JSON.parse(text) : undefined
}

/** The name of a member, or of its entries, such as `accept[]`. */
function memberOf(path: DocumentPath): string {
  const [holder, last] = path.slice(-2)
  return typeof last === 'number' ? `${holder}[]` : String(last)
}

const asAcceptance = (value: unknown) =>
  `{ lint: ${/^(?:LINT-\d\d|PROBE)$/.test(String(value)) ? value : 'LINT-09'}, reason: "…" }`

const asDuration = (value: unknown) =>
  typeof value === 'number' ? `a duration such as ${value}s or 10m` : 'a duration such as 10m'

/** What to write for members whose value has a form that the wrong value does not show. */
const EXAMPLES: Readonly<Record<string, (value: unknown) => string>> = {
  lifetime: asDuration,
  max_lifetime: asDuration,
  expires: () => 'a date such as 2027-03-31',
  budget: (value) => `{ grants: ${typeof value === 'number' ? value : 1} }`,
  accept: (value) => `[${asAcceptance(value)}]`,
  'accept[]': asAcceptance,
  // Without quotes, YAML reads a template that begins with a brace as an object.
  subject: () => 'a template in quotes, such as "github:{repository_id}"',
}

/** More scopes are not listed in a message. */
const MAX_LISTED = 12

/** Longer values are not repeated in a message. */
const MAX_SHOWN_CHARACTERS = 128

function suggestKey(
  { path }: DocumentProblem,
  document: unknown,
  member: 'issuers' | 'resources',
): string | undefined {
  const names = Object.keys(Object(readPath(document, [member])))
  const text = readPath(document, path)
  return typeof text === 'string' ? didYouMean(findNearest(text, names)) : undefined
}

function resourceOf({ path }: DocumentProblem, document: unknown): string {
  return String(readPath(document, [...path.slice(0, 3), 'resource']))
}

function didYouMean(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `did you mean "${name}"?`
}

/** The schema of an object. Of the two kinds of rules, the allow rule has every key. */
function findSchema(path: DocumentPath): Schema | undefined {
  let schema: Schema | undefined = describeTrustDocument() as Schema
  for (const step of path) {
    schema = stepInto(schema?.anyOf?.[0] ?? schema, step)
  }
  return schema?.anyOf?.[0] ?? schema
}

function stepInto(schema: Schema | undefined, step: string | number): Schema | undefined {
  if (typeof step === 'number') return schema?.items
  const rest = schema?.additionalProperties
  return schema?.properties?.[step] ?? (typeof rest === 'object' ? rest : undefined)
}

function isDenyRule(path: DocumentPath, document: unknown): boolean {
  return path[0] === 'rules' && readPath(document, [...path.slice(0, 2), 'effect']) === 'deny'
}

function readPath(source: unknown, path: DocumentPath): unknown {
  let value = source
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return value
}
