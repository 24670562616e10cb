/** Checks of resource URIs, which clients and APIs must spell exactly alike. */
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import type { Found } from '../check.ts'

/** A canonical URI with an empty path, which `canonicalResource` turns into `/`. It may have a query. */
const BARE_HOST = /^(https?:\/\/[^/?]+)\/(?:\?|$)/

/** LINT-40: a URI without a path has two spellings, with and without a trailing slash. */
export function findBareHosts({ resources }: CompiledTrust): readonly (Found & {
  readonly rule: undefined
})[] {
  return [...resources].flatMap(([canonical, { uri, audience }]) => {
    const origin = BARE_HOST.exec(canonical)?.[1]
    // Otherwise the tokens contain another audience.
    if (origin === undefined || audience !== uri) return []
    return {
      severity: 'info' as const,
      path: ['resources', uri],
      message:
        'the URI has no path: some clients add a trailing slash and others remove it, but APIs compare aud exactly',
      fix: `If the clients and the API can change too, add a path, for example ${origin}/v1.`,
      rule: undefined,
    }
  })
}
