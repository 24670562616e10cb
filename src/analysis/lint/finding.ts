/**
 * What lint says: one finding is one place in a document, one sentence on what is dangerous and
 * one on what to do. Types only; the checks make them, `lint` collects them.
 */

import type { DocumentPath } from '../../contract/admin.ts'
import type { JsonObject } from '../../web/json.ts'

/** `LINT-01` to `LINT-40`, the anchors in the docs, and `PROBE` for an identity that got in. */
export type LintId = `LINT-${number}` | 'PROBE'

/** `info` is told; `warn` and `error` stop `apply` until the rule accepts them with a reason. */
export type Severity = 'error' | 'warn' | 'info'

/** Something in a trust document that somebody could make use of. */
export type Finding = {
  readonly lint: LintId
  readonly severity: Severity
  /** Where in the document. */
  readonly path: DocumentPath
  /** The rule's name; undefined for findings about an issuer or the document as a whole. */
  readonly rule: string | undefined
  /** One sentence: what is dangerous here. */
  readonly message: string
  /** One sentence: what to write instead. */
  readonly fix: string
  /** Claims of a hostile identity that this rule lets in. */
  readonly identity?: JsonObject
  /** The reason the rule's owner gave for leaving it so. */
  readonly accepted?: string
}
