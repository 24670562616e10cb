/** Creates the token keeper of a command. It reports on stderr. */
import { createSteadyClock, monotonicSeconds } from '../../client/in-house.ts'
import { ExchangeError } from '../../client/index.ts'
import { say, sayFailure } from '../shell/output.ts'
import { describeExchangeFailure } from './exchange-failure.ts'
import { maskInCi } from './issued-output.ts'
import { sayPause } from './retry-seconds.ts'
import { createTokenKeeper, type KeptToken, type TokenKeeper } from './token-keeper.ts'
import type { Workload } from './workload.ts'

/** Masks each token in CI logs before anything else uses it. */
export function keepTokens(
  workload: Pick<Workload, 'obtain'>,
  onToken: (token: KeptToken) => void | Promise<void> = () => {},
): TokenKeeper {
  let isFirst = true
  const wall = () => Date.now() / 1000
  const readClock = createSteadyClock({ wall, monotonic: monotonicSeconds })
  return createTokenKeeper({
    readClock,
    obtain({ signal, isSingleTry }) {
      const bounds = isSingleTry ? { seconds: 0 } : { onPause: sayPause }
      return workload.obtain(readClock, { signal, ...bounds })
    },
    async onToken(token) {
      maskInCi(token.accessToken)
      await onToken(token)
      isFirst = false
    },
    onTrouble(error) {
      // Before the first token, the command ends and reports the failure itself.
      if (isFirst) return
      say('the token could not be refreshed; trying again')
      if (error instanceof ExchangeError) sayFailure(describeExchangeFailure(error))
      else say(error instanceof Error ? error.message : String(error))
    },
    onRecovery: () => say('the token was refreshed'),
  })
}
