/** The context that the parts of the compiler share. */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { Ceilings, Resource, TrustedIssuer } from './compiled.ts'
import type { IssuerTable } from './issuers/claim-table.ts'

/** Options of `compileTrust`. */
export type CompileOptions = {
  /**
   * Epoch seconds. If given, rules that have ended or that end beyond the ceiling are refused. It is
   * given when a document is written. It is absent when a stored document is read: a rule that has
   * ended since then matches nothing.
   */
  readonly admitAt?: number
  /**
   * The document was accepted before, perhaps by an older release. Uploaded keys that this release
   * cannot use are left out and not refused. Otherwise an upgrade could refuse every token.
   */
  readonly isStored?: boolean
}

/** Reports one problem, with its path in the document. */
export type Report = (path: DocumentPath, code: string, message: string) => void

/** What the issuers of a document are compiled with. */
export type IssuerContext = {
  readonly ceilings: Ceilings
  readonly options: CompileOptions
  readonly report: Report
}

/** What the rules of a document are compiled with. */
export type RuleContext = {
  /** By issuer name. */
  readonly tables: Map<string, IssuerTable>
  /** Epoch seconds of each `expires` text. Most rules of a document have the same one. */
  readonly ends: Map<string, number>
  readonly ceilings: Ceilings
  readonly options: CompileOptions
  /** By name. */
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  readonly resources: ReadonlyMap<string, Resource>
  /** Whether the document has an issuer of this name. It may have a problem. */
  readonly isDeclared: (issuer: string) => boolean
  readonly report: Report
}
