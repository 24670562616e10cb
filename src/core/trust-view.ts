/**
 * What an isolate decides from: one revision of the trust document and the deploy-time policy,
 * both compiled, with the issuers' keys. The two halves never mix: tokens for the gateway's own
 * admin API come from the policy alone, all others from the document alone (design: a trust
 * document cannot grant admin scopes).
 */

import type { DocumentProblem } from '../contract/admin.ts'
import type { IssuerKeys } from './keys/issuer-keys.ts'
import type { CompiledTrust } from './policy/compile/compiled.ts'

export type TrustView = {
  /** The revision of `document`; the stored one where that is undefined. */
  readonly revision: number
  /** Undefined: the stored document cannot be used, and no earlier revision is young enough. */
  readonly document: CompiledTrust | undefined
  /** Of the stored document: parts that do not compile, which `document` is without. */
  readonly problems: readonly DocumentProblem[]
  readonly policy: CompiledTrust
  /** Fetched keys by key source, which is the issuer's URL for most. Uploaded keys stand in the compiled issuer itself. */
  readonly keys: ReadonlyMap<string, IssuerKeys>
}
