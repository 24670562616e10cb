/** What can be written at a place of a trust document, from its JSON Schema and its other parts. */
import { type Cursor, findCursor, nodeAt, textAt } from './cursor.ts'
import { findNamedKeys, findNamedValues, type Named } from './names.ts'
import { type Schema, schemasAt } from './schema.ts'
import { formatOf } from './text.ts'

type Completion = {
  readonly label: string
  readonly kind: 'key' | 'value'
  readonly about: string
  /** The text in place of the word. */
  readonly insert: string
  readonly isRequired: boolean
}

export type Completions = {
  /** The offset at which the word begins. */
  readonly from: number
  readonly options: readonly Completion[]
}

export function completeAt(text: string, offset: number): Completions | undefined {
  const cursor = findCursor(text, offset)
  if (cursor === undefined) return undefined
  const { document, path } = cursor
  const schemas = schemasAt(path, (at, name) =>
    nodeAt(document, at) === undefined ? undefined : textAt(document, [...at, name]),
  )
  const style = { isJson: formatOf(text) === 'json', isQuoted: cursor.isQuoted }
  const options =
    cursor.kind === 'key'
      ? completeKeys(cursor, schemas, style)
      : completeValues(cursor, schemas, style)
  return options.length === 0 ? undefined : { from: cursor.from, options }
}

type Style = { readonly isJson: boolean; readonly isQuoted: boolean }

function completeKeys(cursor: Cursor, schemas: readonly Schema[], style: Style) {
  const { document, path, siblings } = cursor
  const listed = schemas.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, schema]) =>
      toKey(name, schema.description ?? '', required.includes(name), isNested(schema), style),
    ),
  )
  const named = findNamedKeys(document, path).map(({ name, about }) =>
    toKey(name, about, false, false, style),
  )
  const others = [...listed, ...named].filter(({ label }) => !siblings.includes(label))
  return dropRepeated(others)
}

function completeValues(cursor: Cursor, schemas: readonly Schema[], style: Style) {
  const { document, path, isOnOwnLine } = cursor
  const listed = schemas.flatMap(({ const: constant, enum: values, type, description = '' }) => {
    const all = [...(values ?? []), ...(constant === undefined ? [] : [constant])]
    const found = type === 'boolean' && all.length === 0 ? [true, false] : all
    return found.map((value): Completion => toValue(value, description, style))
  })
  const named = findNamedValues(document, path).map(({ name, about }: Named) =>
    toValue(name, about, style),
  )
  // The members of an object, or the first entry of a list, can begin on a line of their own.
  const keys = isOnOwnLine && !style.isJson ? completeKeys(cursor, schemas, style) : []
  return dropRepeated([...named, ...listed, ...keys])
}

function isNested({ type, properties, items }: Schema): boolean {
  return type === 'object' || properties !== undefined || items !== undefined
}

function toKey(
  label: string,
  about: string,
  isRequired: boolean,
  isObject: boolean,
  { isJson, isQuoted }: Style,
): Completion {
  const plain = isJson || !/^[A-Za-z_][\w.-]*$/.test(label) ? JSON.stringify(label) : label
  const insert = isQuoted ? label : `${plain}:${isObject && !isJson ? '' : ' '}`
  return { label, kind: 'key', about, insert, isRequired }
}

function toValue(value: unknown, about: string, { isJson, isQuoted }: Style): Completion {
  const label = String(value)
  const isText = typeof value === 'string'
  // A text that YAML would read as a number, as true or false, or as syntax needs quotes.
  const needsQuotes = isText && (isJson || !/^[A-Za-z][\w.:/@+-]*$/.test(label) || isWord(label))
  const insert = isQuoted || !needsQuotes ? label : JSON.stringify(label)
  return { label, kind: 'value', about, insert, isRequired: false }
}

function isWord(label: string): boolean {
  return /^(?:true|false|null|yes|no|on|off)$/i.test(label) || label.endsWith(':')
}

/** Alternatives of a schema repeat their members. */
function dropRepeated(options: readonly Completion[]): readonly Completion[] {
  const byLabel = new Map<string, Completion>()
  for (const option of options) {
    const key = `${option.kind} ${option.label}`
    if (!byLabel.has(key)) byLabel.set(key, option)
  }
  return [...byLabel.values()]
}
