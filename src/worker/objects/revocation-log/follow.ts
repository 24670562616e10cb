/**
 * The readers of regions that follow the revocation log. The log pushes a new pointer to those that
 * have asked a moment ago. A lost push costs a second: the reader asks again.
 */
import type { RevocationPointer } from '../../../protocol/revocations.ts'
import { REVOCATION_FOLLOWER_MILLISECONDS } from '../../limits.ts'

/** The name of the one revocation log of a deployment. */
export const REVOCATION_LOG_NAME = 'revocations'

/** The part of the readers' namespace that is used. */
export type FollowingReaders = {
  readonly getByName: (name: string) => {
    readonly takeRevocations: (pointer: RevocationPointer) => Promise<void>
  }
}

export type Followers = {
  readonly note: (reader: string) => void
  /** Never throws, and does not wait for an answer. */
  readonly push: (pointer: RevocationPointer) => void
}

export function createFollowers(
  readers: FollowingReaders | undefined,
  now: () => number,
): Followers {
  const askedAt = new Map<string, number>()
  return {
    note(reader) {
      askedAt.set(reader, now())
    },
    push(pointer) {
      for (const [reader, at] of askedAt) {
        const age = now() - at
        if (age < 0 || age > REVOCATION_FOLLOWER_MILLISECONDS) askedAt.delete(reader)
        else void pushTo(readers, reader, pointer)
      }
    },
  }
}

async function pushTo(
  readers: FollowingReaders | undefined,
  reader: string,
  pointer: RevocationPointer,
): Promise<void> {
  try {
    await readers?.getByName(reader).takeRevocations(pointer)
  } catch {
    // A reader of an earlier release cannot take it, and asks by itself.
  }
}
