/** Reads the JSON Schema of trust documents: what may be at a path. */
import schema from '../../../../contract/trust-schema/trust.schema.json' with { type: 'json' }

export type Schema = {
  readonly type?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly $ref?: string
}

const ROOT = schema as Schema & { readonly $defs: Readonly<Record<string, Schema>> }

/** Returns the text of a member of the object at a path, to choose among alternatives. */
export type ReadMember = (path: readonly (string | number)[], name: string) => string | undefined

/** All alternatives of what may be at the path. */
export function schemasAt(
  path: readonly (string | number)[],
  readMember: ReadMember,
): readonly Schema[] {
  let found = expand(ROOT)
  for (const [index, step] of path.entries()) {
    found = found.flatMap((one) => expand(stepInto(one, step)))
    const here = path.slice(0, index + 1)
    const fitting = found.filter((one) => fits(one, (name) => readMember(here, name)))
    if (fitting.length > 0) found = fitting
  }
  return found
}

function stepInto(holder: Schema, step: string | number): Schema | undefined {
  if (typeof step === 'number') return holder.items
  const { properties = {}, additionalProperties: others } = holder
  if (Object.hasOwn(properties, step)) return properties[step]
  return typeof others === 'object' ? others : undefined
}

function expand(one: Schema | undefined): readonly Schema[] {
  if (one === undefined) return []
  const { $ref: reference, anyOf, description } = one
  if (reference !== undefined) return expand(ROOT.$defs[reference.replace('#/$defs/', '')])
  if (anyOf === undefined) return [one]
  return anyOf
    .flatMap(expand)
    .map((arm) => (description === undefined ? arm : { description, ...arm }))
}

/** Whether no member that is there contradicts the alternative, such as `effect: deny`. */
function fits({ properties = {} }: Schema, readMember: (name: string) => string | undefined) {
  return Object.entries(properties).every(([name, { const: wanted }]) => {
    const value = readMember(name)
    return wanted === undefined || value === undefined || value === wanted
  })
}
