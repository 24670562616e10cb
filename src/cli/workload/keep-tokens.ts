/** A keeper of tokens for one workload, which says what it runs into. */
import { ExchangeError } from '../../client/index.ts'
import { say, sayFailure } from '../shell/output.ts'
import { sayPause } from '../shell/retry-seconds.ts'
import { describeExchangeFailure } from './exchange-failure.ts'
import { maskInCi } from './issued-output.ts'
import { createTokenKeeper, type KeptToken, type TokenKeeper } from './token-keeper.ts'
import type { Workload } from './workload.ts'

/** A token is masked before anything else happens to it. */
export function keepTokens(
  workload: Pick<Workload, 'getNewToken'>,
  onToken: (token: KeptToken) => void | Promise<void> = () => {},
): TokenKeeper {
  let isFirst = true
  return createTokenKeeper({
    async getToken({ signal, isSingleTry }) {
      const bounds = isSingleTry ? { seconds: 0 } : { onPause: sayPause }
      const { accessToken, expiresAt } = await workload.getNewToken({ signal, ...bounds })
      return { accessToken, expiresAt: Math.floor(expiresAt) }
    },
    async onToken(token) {
      maskInCi(token.accessToken)
      await onToken(token)
      isFirst = false
    },
    onTrouble(error) {
      // Without a first token the command ends, and says why itself.
      if (isFirst) return
      say('the token could not be refreshed; trying again')
      if (error instanceof ExchangeError) sayFailure(describeExchangeFailure(error))
      else say(error instanceof Error ? error.message : String(error))
    },
    onRecovery: () => say('the token is fresh again'),
  })
}
