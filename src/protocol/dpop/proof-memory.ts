/**
 * Remembers the proofs that were accepted, so that each is accepted once (RFC 9449 §11.1). The memory
 * is bounded and belongs to one process or isolate.
 */
import { sha256Base64Url } from '../../web/sha256.ts'
import type { DpopProof } from './check-proof.ts'

export type ProofMark = Pick<DpopProof, 'jkt' | 'jti' | 'endsAt'>

/**
 * `known`: the proof was used before. `forgotten`: the memory no longer knows proofs of that age, so
 * the proof may have been used.
 */
type ProofClaim = 'new' | 'known' | 'forgotten'

/** Marks a proof as used. `now` is in epoch seconds. */
export type ClaimInMemory = (proof: ProofMark, now: number) => ProofClaim

/** The id of a proof: its key and its `jti`. A fixed length keeps the memory bounded. */
export function proofIdOf({ jkt, jti }: ProofMark): string {
  return sha256Base64Url(`${jkt}.${jti}`)
}

/**
 * Creates a memory for at most `capacity` proofs. When it is full, it forgets the oldest ones and
 * refuses every proof of their age. Otherwise a caller could replay a proof after it has sent enough
 * other ones (DPOP-02).
 */
export function createProofMemory(capacity: number): ClaimInMemory {
  const ids = new Set<string>()
  /** The ids by the second in which they end. */
  const seconds = new Map<number, string[]>()
  /** A proof that ends at this second or earlier may have been forgotten. */
  let forgottenUntil = Number.NEGATIVE_INFINITY

  function forget(second: number): void {
    for (const id of seconds.get(second) ?? []) ids.delete(id)
    seconds.delete(second)
    forgottenUntil = Math.max(forgottenUntil, second)
  }

  return (proof, now) => {
    for (const second of seconds.keys()) if (second < now) forget(second)
    const id = proofIdOf(proof)
    if (ids.has(id)) return 'known'
    if (ids.size >= capacity) forget(Math.min(...seconds.keys()))
    // This also covers a clock that was set back.
    if (proof.endsAt <= forgottenUntil) return 'forgotten'
    ids.add(id)
    const second = seconds.get(proof.endsAt) ?? []
    second.push(id)
    seconds.set(proof.endsAt, second)
    return 'new'
  }
}
