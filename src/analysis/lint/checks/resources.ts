/** How a document spells its resources: clients and APIs must agree with it to the character. */
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import type { Found } from '../check.ts'

/** A canonical URI whose path is the root, with or without a query: `canonicalResource` adds it. */
const BARE_HOST = /^(https?:\/\/[^/?]+)\/(?:\?|$)/

/** LINT-40: a host without a path has two spellings, with a slash at its end and without. */
export function findBareHosts({ resources }: CompiledTrust): readonly (Found & {
  readonly rule: undefined
})[] {
  return [...resources].flatMap(([canonical, { uri }]) => {
    const origin = BARE_HOST.exec(canonical)?.[1]
    if (origin === undefined) return []
    return {
      severity: 'info' as const,
      path: ['resources', uri],
      message:
        'the URI has no path: some clients and libraries add a slash to it, others remove one, and APIs compare aud exactly',
      fix: `Where clients and the API can change with it, add a path: for instance ${origin}/v1.`,
      rule: undefined,
    }
  })
}
