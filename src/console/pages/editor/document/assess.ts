/** Checks a draft: problems, findings of lint, and the differences from the document in force. */
import { describeEffects, diffTrust, type TrustChange } from '../../../../analysis/index.ts'
import {
  checkTrust,
  compileInForce,
  type PlacedProblem,
  type Remark,
  remarkOn,
  type SortedFindings,
  sortFindings,
  widestCeilings,
} from '../../../../analysis/source/in-house.ts'
import type { CompiledTrust } from '../../../../core/policy/compile/compiled.ts'
import { readText } from './text.ts'

/** The document in force, which a draft will replace. */
export type Base = {
  readonly revision: number
  readonly document: unknown
  /** Undefined if this release can use no part of it. */
  readonly trust: CompiledTrust | undefined
  readonly gatewayIssuer: string
}

export type Assessment =
  | { readonly kind: 'refused'; readonly problems: readonly PlacedProblem[] }
  | {
      readonly kind: 'valid'
      readonly document: unknown
      readonly trust: CompiledTrust
      readonly changes: readonly TrustChange[]
      /** All findings of lint, also accepted ones. */
      readonly remarks: readonly Remark[]
      /** The unresolved ones that the change concerns, and the number of the others. */
      readonly findings: SortedFindings
    }

export function createBase(revision: number, document: unknown, gatewayIssuer: string): Base {
  return { revision, document, gatewayIssuer, trust: compileInForce(document, gatewayIssuer) }
}

/** `at`: epoch seconds. */
export function assess(text: string, base: Base, at: number): Assessment {
  const ceilings = widestCeilings(base.gatewayIssuer.replace(/\/+$/, ''))
  const checked = checkTrust(readText(text), ceilings, at)
  if (!checked.ok) return { kind: 'refused', problems: checked.error.problems }
  const { file, trust } = checked.value
  const { document: before, trust: inForce } = base
  const changes = describeEffects(diffTrust(before, file.value), inForce, trust)
  return {
    kind: 'valid',
    document: file.value,
    trust,
    changes,
    remarks: remarkOn(file.path, checked, at),
    findings: sortFindings({ file, trust, inForce, changes }, at),
  }
}
