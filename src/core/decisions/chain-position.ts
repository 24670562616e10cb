/**
 * How far the verification of an export has come in its chain, and up to where checkpoints prove it:
 * those in the export, and those that somebody kept elsewhere.
 */
import type { CheckpointClaims, ExportHeader } from '../../contract/decisions/export.ts'

export type ChainPosition = {
  readonly head: () => string
  readonly sequence: () => number
  /** The last sequence that a checkpoint covers; 0 if none does. */
  readonly provenSequence: () => number
  /** The last sequence of this chain that a kept checkpoint covers; 0 if none does. */
  readonly keptSequence: () => number
  /**
   * Goes on to a batch with its head. Returns what is wrong if a kept checkpoint has another head
   * there; undefined if nothing is.
   */
  readonly moveTo: (sequence: number, head: string) => string | undefined
  /** Uses a verified checkpoint of the export. Returns what is wrong with it here. */
  readonly prove: (claims: CheckpointClaims) => string | undefined
}

/** The caller moves it to where the export begins. */
export function createChainPosition(
  { iss, shard }: ExportHeader,
  kept: readonly CheckpointClaims[],
): ChainPosition {
  const own = kept.filter((claims) => claims.iss === iss && claims.shard === shard)
  let head = ''
  let sequence = 0
  let proven = 0

  return {
    head: () => head,
    sequence: () => sequence,
    provenSequence: () => proven,
    keptSequence: () => Math.max(0, ...own.map((claims) => claims.sequence)),
    moveTo(nextSequence, nextHead) {
      sequence = nextSequence
      head = nextHead
      const here = own.filter((claims) => claims.sequence === sequence)
      if (here.length > 0) proven = sequence
      return here.every((claims) => claims.head === head) ? undefined : describeChange(sequence)
    },
    prove(claims) {
      if (claims.iss !== iss || claims.shard !== shard) return 'is a checkpoint of another chain'
      if (claims.sequence !== sequence) {
        return `is a checkpoint of batch ${claims.sequence}, but follows batch ${sequence}`
      }
      if (claims.head !== head) return describeChange(sequence)
      proven = sequence
      return undefined
    },
  }
}

function describeChange(sequence: number): string {
  return `differs from a checkpoint of batch ${sequence}: a record in this batch or before it was changed`
}
