/** Extends examples/trust.yaml with the resources that single pages use. */
import { parse, stringify } from 'yaml'

const RESOURCE = /(?:--resource[ =]|EDGEMINT_RESOURCE=)(https:[^\s"'`)]+)/g
/** The policy grants access to the gateway, and the example contains the API. */
const KNOWN: ReadonlySet<string> = new Set(['https://sts.example.com', 'https://api.example.com'])

type Document = {
  readonly resources: Readonly<Record<string, unknown>>
  readonly rules: readonly { readonly grant?: object; readonly description?: string }[]
}

/** Returns every other resource that a command of these blocks requests. */
export function findResources(blocks: readonly { readonly code: string }[]): readonly string[] {
  const named = blocks.flatMap(({ code }) => [...code.matchAll(RESOURCE)])
  const resources = named.map(([, resource = '']) => resource)
  return [...new Set(resources.filter((resource) => !KNOWN.has(resource)))]
}

const API = 'https://api.example.com'
const INTROSPECT = 'tokens:introspect'

/**
 * Adds a rule for each resource that grants it to the job of the example, and one by which the job
 * may introspect the tokens of the API, as in docs/introspection.md.
 */
export function extendTrust(yaml: string, added: readonly string[]): string {
  const document = parse(yaml) as Document
  const [first] = document.rules
  const resources = added.map((resource) => [resource, { scopes: ['use'] }] as const)
  const rules = added.map((resource, index) => ({
    ...first,
    name: `use-${index}`,
    grant: { resource, scopes: ['use'], lifetime: '10m' },
  }))
  const api = document.resources[API] as { readonly scopes: readonly string[] }
  const introspects = {
    ...first,
    name: 'api-introspects',
    accept: [{ lint: 'LINT-33', reason: 'The job of the docs is also the API that asks.' }],
    grant: { resource: API, scopes: [INTROSPECT] },
  }
  return stringify({
    ...document,
    resources: {
      ...document.resources,
      [API]: { ...api, scopes: [...api.scopes, INTROSPECT] },
      ...Object.fromEntries(resources),
    },
    rules: [...document.rules, ...rules, introspects],
  })
}
