/** Checks answers of the Worker with the OpenAPI document and the schemas that it was made from. */
import { expect } from 'vitest'
import type * as z from 'zod/mini'
import { COMPONENTS } from '../../../src/contract/openapi/components.ts'
import openApi from '../../../src/contract/openapi/openapi.json' with { type: 'json' }
import { trustDocumentSchema } from '../../../src/contract/trust-document.ts'

type Media = {
  readonly schema?: {
    readonly $ref?: string
    readonly type?: string
    readonly properties?: { readonly type: { readonly enum: readonly string[] } }
  }
}
type Described = {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, Media>>
}
type DescribedOperation = {
  readonly operationId: string
  readonly responses: Readonly<Record<string, Described & { readonly $ref?: string }>>
}

const paths = openApi.paths as unknown as Readonly<
  Record<string, Readonly<Record<string, DescribedOperation>>>
>
const responses = openApi.components.responses as unknown as Readonly<Record<string, Described>>

/** Every operation of the document. */
export const OPERATIONS = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    id: operation.operationId,
  })),
)

/**
 * Expects that the document has the status, the content type and the members of the answer. HEAD has
 * the description of GET.
 */
export async function expectDescribed(
  path: string,
  method: string,
  response: Response,
): Promise<void> {
  const { status } = response
  const place = `${method} ${path} ${status}`
  const item = paths[path]
  const operation = item?.[method.toLowerCase()] ?? (method === 'HEAD' ? item?.get : undefined)
  const named = operation?.responses[String(status)]
  expect(named, `${place} is not described`).toBeDefined()
  const described = named?.$ref === undefined ? named : responses[named.$ref.split('/')[3] ?? '']
  for (const header of Object.keys(described?.headers ?? {})) {
    if (!OPTIONAL.includes(header)) expect(response.headers.has(header), place).toBe(true)
  }
  const text = await response.clone().text()
  if (method === 'HEAD' || text === '') return
  const type = response.headers.get('content-type') ?? ''
  const schema = described?.content?.[type]?.schema
  expect(schema, `${place} ${type} is not described`).toBeDefined()
  if (schema?.$ref === undefined) return
  const body: unknown = JSON.parse(text)
  const types = schema.properties?.type.enum
  if (types !== undefined) expect(types, place).toContain((body as { type: string }).type)
  expectWhole(schema.$ref.split('/')[3] ?? '', body, place)
}

/** Headers that not every answer with the status has. */
const OPTIONAL: readonly string[] = [
  'DPoP-Nonce',
  'Edgemint-Trust-Problems',
  'Link',
  'RateLimit',
  'RateLimit-Policy',
]

/** Expects that the schema accepts the value and names each of its members. */
function expectWhole(name: string, body: unknown, place: string): void {
  if (name === 'JsonSchema') return
  const known: Readonly<Record<string, z.core.$ZodType>> = {
    ...COMPONENTS,
    TrustDocument: trustDocumentSchema,
  }
  const schema = known[name] as z.ZodMiniType | undefined
  const parsed = schema?.safeParse(body)
  expect(parsed?.error?.issues ?? [], place).toEqual([])
  // The trust document has defaults, and its schema refuses unknown members.
  if (name !== 'TrustDocument') expect(parsed?.data, place).toEqual(body)
}
