/** Compiles a document that a gateway has stored. It may be of another release or of other settings. */
import { compileTrust } from '../../core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { widestCeilings } from './check-trust.ts'

/** Undefined if this release does not compile it as a whole. */
export function compileStored(document: unknown, url: string): CompiledTrust | undefined {
  const ceilings = widestCeilings(url.replace(/\/+$/, ''))
  const result = compileTrust(document, ceilings, { isStored: true })
  return 'problems' in result ? undefined : result.trust
}
