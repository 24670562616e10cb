/** Joins the table of endpoints with the descriptions of operations. */
import type * as z from 'zod/mini'
import { ADMIN_OPERATIONS } from '../../src/contract/openapi/admin-operations.ts'
import { CONSOLE_OPERATIONS } from '../../src/contract/openapi/console-operations.ts'
import type { Operation, Operations } from '../../src/contract/openapi/operation.ts'
import { PUBLIC_OPERATIONS } from '../../src/contract/openapi/operations.ts'
import { SUMMARIES } from '../../src/contract/openapi/summaries.ts'

export type Body = {
  readonly contentType: string
  readonly alternative?: string
  readonly schema?: z.core.$ZodType
}

/**
 * A row of the table. The types of the Worker need the types of the platform, so scripts cannot use
 * them.
 */
export type Endpoint = {
  readonly path: string
  readonly methods: readonly string[] | 'any'
  readonly isTree?: true
  readonly authentication: string
  readonly limit: 'address' | 'none'
  readonly cors: 'any_origin' | 'none'
  readonly cache: number | 'by_route'
  readonly isAlwaysServed?: true
  readonly parameters?: readonly string[] | 'by_route'
  readonly request?: Body
  readonly response?: Body
}

export type Described = {
  readonly endpoint: Endpoint
  readonly summary: string
  readonly operation: Operation
  readonly method: string
  readonly path: string
}

const TABLE = new URL('../../src/worker/endpoints.ts', import.meta.url)
const OPERATIONS: Operations = {
  ...PUBLIC_OPERATIONS,
  ...ADMIN_OPERATIONS,
  ...CONSOLE_OPERATIONS,
}
/** The methods that the document has for an endpoint of any method. */
const ANY = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export async function listEndpoints(): Promise<readonly Endpoint[]> {
  return ((await import(TABLE.href)) as { ENDPOINTS: readonly Endpoint[] }).ENDPOINTS
}

/** @throws if the endpoint has no summary. */
export function summaryOf({ methods, path }: Endpoint): string {
  const key = `${methods === 'any' ? '*' : methods[0]} ${path}`
  const summary = SUMMARIES[key]
  if (summary === undefined) throw new Error(`src/contract/openapi/summaries.ts has no ${key}`)
  return summary
}

/** @throws if an operation has no description, or a description no operation. */
export async function listOperations(): Promise<readonly Described[]> {
  const endpoints = await listEndpoints()
  const described = endpoints.flatMap(listOf)
  const summaries = new Set(endpoints.map(summaryOf))
  const idle = Object.values(SUMMARIES).filter((summary) => !summaries.has(summary))
  if (idle.length > 0) throw new Error(`no endpoint has the summary: ${idle.join('; ')}`)
  const used = new Set(described.map(({ operation }) => operation))
  const unused = Object.keys(OPERATIONS).filter((key) => !used.has(OPERATIONS[key] as Operation))
  if (unused.length > 0) throw new Error(`no endpoint is described by ${unused.join(', ')}`)
  return described
}

function listOf(endpoint: Endpoint): readonly Described[] {
  const paths = endpoint.isTree ? [endpoint.path, `${endpoint.path}/{path}`] : [endpoint.path]
  const methods = endpoint.methods === 'any' ? ANY : endpoint.methods
  return paths.flatMap((path) =>
    methods.map((method) => {
      const key = `${endpoint.methods === 'any' ? '*' : method} ${path}`
      const operation = OPERATIONS[key]
      if (operation === undefined) throw new Error(`src/contract/openapi has no row for ${key}`)
      return { endpoint, summary: summaryOf(endpoint), operation, method, path }
    }),
  )
}
