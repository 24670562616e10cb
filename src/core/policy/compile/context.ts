/** What the parts of the compiler are given besides the piece of the document they compile. */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { CompileExpression } from '../language/expression.ts'
import type { IssuerTable } from './claim-table.ts'
import type { Ceilings, Resource, TrustedIssuer } from './compiled.ts'

/** Options of `compileTrust`. */
export type CompileOptions = {
  /**
   * Epoch seconds. When given, rules that have already ended or end beyond the ceiling are
   * refused: used when a document is written. A stored document is read without it, because a
   * rule that has ended since then simply does not exist any more.
   */
  readonly admitAt?: number
  /**
   * The document was accepted before, perhaps by an older release. Uploaded keys that this release
   * cannot use are left out instead of refused: otherwise an upgrade could lock everybody out.
   */
  readonly isStored?: boolean
}

/** Notes one problem, with its place in the document. */
export type Report = (path: DocumentPath, code: string, message: string) => void

export type RuleContext = {
  /** By name of the issuer. */
  readonly tables: Map<string, IssuerTable>
  /** Epoch seconds of an end as it is written; most rules of a document end together. */
  readonly ends: Map<string, number>
  readonly compileExpression: CompileExpression
  readonly ceilings: Ceilings
  readonly options: CompileOptions
  /** By name. */
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  readonly resources: ReadonlyMap<string, Resource>
}
