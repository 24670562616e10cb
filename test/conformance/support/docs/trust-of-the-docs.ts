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

/** Adds a rule for each resource that grants it to the job of the example. */
export function extendTrust(yaml: string, added: readonly string[]): string {
  const document = parse(yaml) as Document
  const [first] = document.rules
  const resources = added.map((resource) => [resource, { scopes: ['use'] }] as const)
  const rules = added.map((resource, index) => ({
    ...first,
    name: `use-${index}`,
    grant: { resource, scopes: ['use'], lifetime: '10m' },
  }))
  return stringify({
    ...document,
    resources: { ...document.resources, ...Object.fromEntries(resources) },
    rules: [...document.rules, ...rules],
  })
}
