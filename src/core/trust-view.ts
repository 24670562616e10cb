/**
 * The trust snapshot of an isolate: one revision of the trust document and the deploy-time policy,
 * both compiled, with the issuers' keys. Admin tokens depend only on the policy, and all other
 * tokens only on the document, so that a trust document cannot grant admin scopes.
 */

import type { DocumentProblem } from '../contract/admin.ts'
import type { IssuerKeys } from './keys/issuer-keys.ts'
import type { CompiledTrust } from './policy/compile/compiled.ts'

export type TrustView = {
  /** The revision of `document`, or the stored revision if `document` is undefined. */
  readonly revision: number
  /** Undefined if the stored document is unusable and no earlier revision is recent enough. */
  readonly document: CompiledTrust | undefined
  /** The parts of the stored document that do not compile. `document` does not contain them. */
  readonly problems: readonly DocumentProblem[]
  readonly policy: CompiledTrust
  /**
   * Fetched keys by key source, which usually is the issuer's URL. Uploaded keys are in the
   * compiled issuer.
   */
  readonly keys: ReadonlyMap<string, IssuerKeys>
}
