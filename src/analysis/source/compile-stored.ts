/** Compiles a document that a gateway has stored. It may be of another release or of other settings. */
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { compileStored } from '../../core/policy/compile/stored.ts'
import { widestCeilings } from './check-trust.ts'

/** Returns the parts that this release can use, as a gateway does. Undefined if there are none. */
export function compileInForce(document: unknown, url: string): CompiledTrust | undefined {
  return compileStored(document, widestCeilings(url.replace(/\/+$/, ''))).trust
}
