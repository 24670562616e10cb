/** What the parts of the compiler are given besides the piece of the document they compile. */
import type { DocumentPath } from '../../protocol/admin.ts'
import type { Ceilings, Resource, TrustedIssuer } from './compiled.ts'
import type { CompileExpression } from './expression.ts'

export type CompileOptions = {
  /**
   * Epoch seconds. When given, rules that have already ended or end beyond the ceiling are
   * refused: used when a document is written. A stored document is read without it, because a
   * rule that has ended since then simply does not exist any more.
   */
  readonly admitAt?: number
}

/** Notes one problem, with its place in the document. */
export type Report = (path: DocumentPath, code: string, message: string) => void

export type RuleContext = {
  readonly compileExpression: CompileExpression
  readonly ceilings: Ceilings
  readonly options: CompileOptions
  /** By name. */
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  readonly resources: ReadonlyMap<string, Resource>
}
