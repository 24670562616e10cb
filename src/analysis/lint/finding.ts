/**
 * The types of lint findings. A finding has a path in the document, one sentence about the risk and
 * one about the fix. The checks create findings and `lint` collects them.
 */

import type { DocumentPath } from '../../contract/admin.ts'
import type { JsonObject } from '../../web/json.ts'

/** `LINT-01` to `LINT-54` are anchors in the docs. `PROBE` is a hostile identity that is accepted. */
export type LintId = `LINT-${number}` | 'PROBE'

/** `info` is only reported. `warn` and `error` stop `apply` until the rule accepts them with a reason. */
export type Severity = 'error' | 'warn' | 'info'

/** A risk in a trust document. */
export type Finding = {
  readonly lint: LintId
  readonly severity: Severity
  /** The path in the document. */
  readonly path: DocumentPath
  /** The rule's name; undefined for findings about an issuer or the document as a whole. */
  readonly rule: string | undefined
  /** One sentence: the risk. */
  readonly message: string
  /** One sentence: the fix. */
  readonly fix: string
  /** The claims of a hostile identity that this rule accepts. */
  readonly identity?: JsonObject
  /** The reason why the rule's owner accepts the finding. */
  readonly accepted?: string
}
