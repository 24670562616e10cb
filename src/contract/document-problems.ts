/**
 * Turns the issues that zod reports into problems with a code, a path and a message. A union reports
 * issues for each alternative; only those of the alternative that the author meant are kept.
 */
import type * as z from 'zod/mini'
import type { DocumentPath, DocumentProblem } from './admin.ts'
import { CLAIM_KINDS } from './claim-tree.ts'

type Issue = z.core.$ZodIssue

export function describeIssues(
  error: z.core.$ZodError,
  source: unknown,
): readonly DocumentProblem[] {
  return error.issues.flatMap((issue) => describe(issue, [], source))
}

function describe(issue: Issue, prefix: DocumentPath, source: unknown): readonly DocumentProblem[] {
  const path = [
    ...prefix,
    ...issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
  ]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        code: 'key_unknown',
        path: [...path, key],
        message: `unknown key "${key}"`,
      }))
    case 'invalid_union':
      return describeUnion(issue, path, source)
    case 'invalid_type':
      return [{ code: 'type_wrong', path, message: describeType(issue, path, source) }]
    case 'invalid_value':
      return [{ code: 'value_invalid', path, message: describeChoice(issue, path, source) }]
    case 'invalid_key':
      return [{ code: 'name_invalid', path, message: issue.issues[0]?.message ?? issue.message }]
    default:
      return [{ code: 'value_invalid', path, message: issue.message }]
  }
}

function describeType(
  issue: Extract<Issue, { code: 'invalid_type' }>,
  path: DocumentPath,
  source: unknown,
): string {
  const value = readPath(source, path)
  if (value === undefined) return `is missing: ${String(path.at(-1) ?? 'the document')} is required`
  if (isTooLarge(value)) return TOO_LARGE
  const wanted = `must be ${withArticle(issue.expected)}`
  const isFraction = issue.expected === 'int' && typeof value === 'number'
  return isFraction ? wanted : `${wanted}, not ${withArticle(typeName(value))}`
}

const TOO_LARGE = 'is too large for a number'

/** `JSON.parse` reads a number such as 1e999 as Infinity, which no schema takes as a number. */
function isTooLarge(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value)
}

function describeChoice(issue: Issue, path: DocumentPath, source: unknown): string {
  const value = readPath(source, path)
  const name = String(path.at(-1))
  // A rule is read as a rule that allows unless its effect is `deny`.
  const message =
    isRule(path.slice(0, -1)) && name === 'effect' ? 'must be allow or deny' : issue.message
  if (value === undefined) return `is missing: ${name} ${message}`
  // Otherwise `version: "1"` would be told that it must be 1.
  const isText = typeof value === 'string'
  return isText && message.endsWith(` ${value}`) ? `${message}, not a string` : message
}

/** Describes the issues of the alternative that the author probably meant. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: DocumentPath,
  source: unknown,
): readonly DocumentProblem[] {
  const value = readPath(source, path)
  if (value === undefined) {
    return [{ code: 'type_wrong', path, message: `is missing: ${String(path.at(-1))} is required` }]
  }
  if (isTooLarge(value)) return [{ code: 'type_wrong', path, message: TOO_LARGE }]
  if (isClaim(path)) {
    const meant = issue.errors[CLAIM_KINDS.indexOf(typeName(value))]
    if (meant !== undefined) return meant.flatMap((inner) => describe(inner, path, source))
    const message = `must be text, a number, true, false, a list or an object, not ${withArticle(typeName(value))}`
    return [{ code: 'type_wrong', path, message }]
  }
  const arms = issue.errors.filter((errors) => errors.length > 0)
  const meant = isRule(path) ? chooseRuleArm(arms, value) : chooseByDepth(arms, value)
  if (meant === undefined)
    return [{ code: 'type_wrong', path, message: describeKinds(path, value) }]
  return meant.flatMap((inner) => describe(inner, path, source))
}

/** What a value may be where the schema has several kinds of values. */
function describeKinds(path: DocumentPath, value: unknown): string {
  const not = `not ${withArticle(typeName(value))}`
  if (path[0] !== 'rules') return `must be true, false or an object, ${not}`
  if (path.length === path.indexOf('when') + 2) {
    return 'must be a value, a list of values, or one of not, glob, contains, min, max and exists'
  }
  const isInList = typeof path.at(-1) === 'number'
  return `must be text, a number, true or false${isInList ? '' : ', or a list of these'}, ${not}`
}

function isRule(path: DocumentPath): boolean {
  return path.length === 2 && path[0] === 'rules'
}

/** Whether the value is a claim of a grant or a part of one. */
function isClaim(path: DocumentPath): boolean {
  return path[0] === 'rules' && path[2] === 'grant' && path[3] === 'claims'
}

function chooseRuleArm(arms: readonly Issue[][], rule: unknown): readonly Issue[] | undefined {
  const isDeny = readPath(rule, ['effect']) === 'deny'
  return isDeny ? arms.at(-1) : arms[0]
}

/** For a condition: an alternative with an issue deeper in the value matches more of the value. */
function chooseByDepth(arms: readonly Issue[][], value: unknown): readonly Issue[] | undefined {
  // An alternative whose only issue is the size matches the whole value.
  const sized = arms.find((errors) =>
    errors.every(({ code }) => code === 'too_big' || code === 'too_small'),
  )
  if (sized !== undefined) return sized
  // An alternative with a member that the value does not have is not the one that is meant.
  const understood = arms.filter((errors) =>
    errors.every(({ code, path }) =>
      path.length === 0
        ? code !== 'invalid_type'
        : readPath(value, path as DocumentPath) !== undefined,
    ),
  )
  const known = understood.filter((errors) =>
    errors.some((error) => error.path.length > 0 && error.code !== 'unrecognized_keys'),
  )
  return known.find((errors) => errors.every((error) => error.code !== 'unrecognized_keys'))
}

function readPath(source: unknown, path: DocumentPath): unknown {
  let value: unknown = source
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return value
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}

function withArticle(type: string): string {
  const name = { array: 'list', record: 'object', int: 'whole number' }[type] ?? type
  if (name === 'null') return name
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`
}
