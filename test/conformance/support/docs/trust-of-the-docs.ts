/** examples/trust.yaml, with the resources that single pages name. */
import { parse, stringify } from 'yaml'

const RESOURCE = /(?:--resource[ =]|EDGEMINT_RESOURCE=)(https:[^\s"'`]+)/g
/** The gateway itself is the policy's matter, and the example has this one. */
const KNOWN: ReadonlySet<string> = new Set(['https://sts.example.com', 'https://api.example.com'])

type Document = {
  readonly resources: Readonly<Record<string, unknown>>
  readonly rules: readonly { readonly grant?: object; readonly description?: string }[]
}

/** Every resource that a command of these blocks asks for. */
export function findResources(blocks: readonly { readonly code: string }[]): readonly string[] {
  const named = blocks.flatMap(({ code }) => [...code.matchAll(RESOURCE)])
  const resources = named.map(([, resource = '']) => resource)
  return [...new Set(resources.filter((resource) => !KNOWN.has(resource)))]
}

/** Grants each to the job of the example, by a rule of its own. */
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
