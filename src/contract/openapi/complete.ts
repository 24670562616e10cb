/**
 * Completes the generated OpenAPI document. `openapi.json` has no schema of trust documents and no
 * server, so that the bundle of the Worker has that schema once.
 */
type Schema = Readonly<Record<string, unknown>>
type Document = {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

/** The place of definitions in a JSON Schema, and in an OpenAPI document. */
const DEFINITIONS = '#/$defs/'
const SCHEMAS = '#/components/schemas/'

export function completeOpenApi(
  document: Document,
  trustSchema: Schema & { readonly $defs: Schema },
  server: Schema,
): object {
  const { $defs, $schema: _, ...TrustDocument } = trustSchema
  const { components } = document
  const schemas = { ...components.schemas, TrustDocument, ...$defs }
  const complete = { ...document, servers: [server], components: { ...components, schemas } }
  const text = JSON.stringify(complete, leaveOut).replaceAll(DEFINITIONS, SCHEMAS)
  return JSON.parse(text) as object
}

/**
 * Leaves out patterns with Unicode properties. Tools in Python, Java and Go cannot read all of them. The
 * gateway checks these texts.
 */
function leaveOut(name: string, value: unknown): unknown {
  const isUnreadable = name === 'pattern' && typeof value === 'string' && value.includes('\\p{')
  return isUnreadable ? undefined : value
}
