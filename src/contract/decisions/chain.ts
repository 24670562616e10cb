/**
 * The hash chain of a shard of the decision log. A batch is what the shard stored with one write.
 * Its head is the SHA-256 of the head before it, a line about the batch, and one line for each
 * record. The lines are hashed exactly as they are stored and exported, so a verifier does not need to
 * write JSON again.
 */
import { sha256Hex } from '../../web/sha256.ts'

/** What the batch line of a chain says. */
export type BatchFacts = {
  /** The position in the chain, from 1. */
  readonly sequence: number
  /** When the shard stored it, in epoch milliseconds. */
  readonly time: number
  /** How many records follow. */
  readonly count: number
}

/** Returns the first line of a batch, which is JSON. */
export function formatBatchLine({ sequence, time, count }: BatchFacts): string {
  return JSON.stringify({ type: 'batch', sequence, time, count })
}

/**
 * Returns the head of an empty chain, in lower-case hex. It depends on the deployment and the shard,
 * so a chain cannot pass for another one.
 */
export function startChain(gatewayIssuer: string, shard: number): string {
  return sha256Hex(`edgemint-decisions\n${gatewayIssuer}\n${shard}\n`)
}

/**
 * Returns the head after a batch, in lower-case hex: SHA-256 of the previous head, the batch line
 * and the lines of the records, each followed by a line feed. `lines` are joined by line feeds.
 */
export function extendChain(previous: string, batchLine: string, lines: string): string {
  return sha256Hex(describeLink(previous, batchLine, lines))
}

/** Returns the text that is hashed. The digest of a runtime is much faster than `extendChain`. */
export function describeLink(previous: string, batchLine: string, lines: string): string {
  return `${previous}\n${batchLine}\n${lines}\n`
}
