/** Which readers of regions the revocation log tells about a change. */
import { describe, expect, it } from 'vitest'
import type { RevocationPointer } from '../../../../src/protocol/revocations.ts'
import { REVOCATION_FOLLOWER_MILLISECONDS } from '../../../../src/worker/limits.ts'
import { createFollowers } from '../../../../src/worker/objects/revocation-log/follow.ts'

const POINTER: RevocationPointer = {
  v: 2,
  sequence: 1,
  published_at: 1_800_000_000,
  segments: [],
  recent: '',
  before: [],
}

function newWorld() {
  let at = 1_800_000_000_000
  const told: string[] = []
  const getByName = (name: string) => ({
    takeRevocations: async () => {
      told.push(name)
      if (name === 'old release') throw new Error('the method is unknown')
    },
  })
  return {
    followers: createFollowers({ getByName }, () => at),
    told,
    wait: (milliseconds: number) => {
      at += milliseconds
    },
  }
}

describe('a change', () => {
  it('is told to the readers that have asked in the last seconds', () => {
    const { followers, told, wait } = newWorld()
    followers.note('before')
    wait(1)
    followers.note('lately')
    wait(REVOCATION_FOLLOWER_MILLISECONDS)
    followers.push(POINTER)
    expect(told).toEqual(['lately'])
  })

  it('is told to the others if a reader cannot take it', () => {
    const { followers, told } = newWorld()
    followers.note('old release')
    followers.note('this release')
    followers.push(POINTER)
    followers.push(POINTER)
    expect(told).toEqual(['old release', 'this release', 'old release', 'this release'])
  })

  it('NET-14 is not told to a reader that asked before the clock was set back', () => {
    const { followers, told, wait } = newWorld()
    followers.note('before')
    wait(-3_600_000)
    followers.note('since')
    followers.push(POINTER)
    expect(told).toEqual(['since'])
  })
})
