/** A token holder under test, and a machine whose two clocks the test controls. */
import { createSteadyClock } from '../../../src/client/hold/steady-clock.ts'
import {
  createTokenHolder,
  type TokenHolder,
  type TokenHolderOptions,
} from '../../../src/client/hold/token-holder.ts'

export const WALL_START = 1_800_000_000

export type Machine = {
  readonly clocks: { wall: number; monotonic: number }
  /** Time passes. */
  readonly pass: (seconds: number) => void
  /** Sets the wall clock forward or back. No time passes. */
  readonly setWall: (seconds: number) => void
  /** The machine sleeps. On Linux the monotonic clock then stops. */
  readonly sleep: (seconds: number) => void
  readonly readClock: ReturnType<typeof createSteadyClock>
}

export function createMachine(): Machine {
  const clocks = { wall: WALL_START, monotonic: 5000 }
  return {
    clocks,
    pass(seconds) {
      clocks.wall += seconds
      clocks.monotonic += seconds
    },
    setWall(seconds) {
      clocks.wall += seconds
    },
    sleep(seconds) {
      clocks.wall += seconds
    },
    readClock: createSteadyClock({ wall: () => clocks.wall, monotonic: () => clocks.monotonic }),
  }
}

export const issue = (name: string, expiresInSeconds: number) => ({
  accessToken: name,
  expiresInSeconds,
  scopes: [],
  tokenType: 'Bearer',
  issuedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
  decisionId: `dec_${name}`,
})

export type Held = { readonly holder: TokenHolder; readonly asked: () => number }

/** Issues `t1`, `t2` … with one lifetime. `fail` makes the exchange with a given number fail. */
export function openHolder(
  machine: Machine,
  lifetime: number,
  change: Partial<TokenHolderOptions> & {
    readonly fail?: (count: number) => Error | undefined
  } = {},
): Held {
  let count = 0
  const { fail, ...options } = change
  const holder = createTokenHolder({
    readClock: machine.readClock,
    mayShare: true,
    pauseAfter: () => 15,
    async obtain() {
      count += 1
      const askedAt = machine.readClock()
      const error = fail?.(count)
      if (error !== undefined) throw error
      return { token: issue(`t${count}`, lifetime), askedAt }
    },
    ...options,
  })
  return { holder, asked: () => count }
}
