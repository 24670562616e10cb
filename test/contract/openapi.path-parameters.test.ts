/** Each variable of a path in the OpenAPI document is described, as OpenAPI 3.1 §4.8.8.1 requires. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Operation = { readonly parameters?: readonly { readonly name: string; readonly in: string }[] }
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

const file = new URL('../../src/contract/openapi/openapi.json', import.meta.url)
const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { readonly paths: Paths }

const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

test.each(operations)('$method $path has its parameters', ({ path, operation }) => {
  const variables = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
  const described = (operation.parameters ?? []).filter((one) => one.in === 'path')
  expect(described.map(({ name }) => name)).toEqual(variables)
})
